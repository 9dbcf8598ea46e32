"""ES modules joined into one text, as a widget needs it, and a page opened from a file."""

import json
import re
from pathlib import Path

from ..words import words

__all__ = ["bundled"]

_ASSETS = Path(__file__).parent / "assets"
_PASSED_ON = re.compile(r'^export (\{[^}]*\}) from ("\.[^"]+");$', re.MULTILINE)
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "(\.[^"]+)";$', re.MULTILINE)
_LISTED = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)
_ASKED = re.compile(r"\bTABLE\.(\w+)")
_DEFAULT = re.compile(r"^export default .*;\n", re.MULTILINE)
_DECLARED = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const|let) (\w+))", re.MULTILINE)


def bundled(entry, language="en"):
    """One text of a module among the assets, such as "formula/index.js", and of all modules it imports.

    What is imported becomes functions that return what the modules export, so that names may repeat in them.
    A module imports by `import { a, b as c } from "./other.js";`, exports what it declares, and passes on by
    `export { a } from "./other.js";`: each on lines that begin so. What is exported by default is the entry's
    alone. The sections of the language's words that modules ask for, as TABLE.section, come first.
    """
    imported = {}
    text = _linked((_ASSETS / entry).resolve(), imported)
    text = "".join(imported.values()) + text
    asked = {section: words(language).table[section] for section in dict.fromkeys(_ASKED.findall(text))}
    if not asked:
        return text
    table = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
    return f"const TABLE = {table};\n{text}"


def _linked(path, imported):
    """Text of a module whose imports come from functions before it."""
    text = _PASSED_ON.sub(r"import \1 from \2;\nexport \1;", path.read_text(encoding="utf-8"))

    def taken(match):
        other = _function((path.parent / match[2]).resolve(), imported)
        return f"const {match[1].replace(' as ', ': ')} = {other};"

    return _IMPORT.sub(taken, text)


def _function(path, imported):
    """Name of a module's exports; its text comes after those of the modules it imports."""
    name = "$".join(path.relative_to(_ASSETS.resolve()).with_suffix("").parts)
    if path not in imported:
        text = _linked(path, imported)
        names = ", ".join([*_DECLARED.findall(text), *_LISTED.findall(text)])
        body = _DECLARED.sub("", _LISTED.sub("", _DEFAULT.sub("", text)))
        imported[path] = f"const {name} = (() => {{\n{body}return {{ {names} }};\n}})();\n"
    return name

"""Join ES modules into one text, for widgets and for pages that are opened as a file."""

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
    """Join a module of the assets (such as "formula/index.js") and all modules it imports into one text.

    Each imported module becomes a function that returns its exports, so different modules can use the same
    names. A module can import with `import { a, b as c } from "./other.js";`, export what it declares, and
    re-export with `export { a } from "./other.js";`. Each such statement must begin a line. Only the first
    module has a default export. The text begins with those words of the language that modules ask for with
    TABLE.section.
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
    """Return the text of a module, which imports from the functions that come before it."""
    text = _PASSED_ON.sub(r"import \1 from \2;\nexport \1;", path.read_text(encoding="utf-8"))

    def taken(match):
        other = _function((path.parent / match[2]).resolve(), imported)
        return f"const {match[1].replace(' as ', ': ')} = {other};"

    return _IMPORT.sub(taken, text)


def _function(path, imported):
    """Return the name of a module's exports; add its text after the texts of modules that it imports."""
    name = "$".join(path.relative_to(_ASSETS.resolve()).with_suffix("").parts)
    if path not in imported:
        text = _linked(path, imported)
        names = ", ".join([*_DECLARED.findall(text), *_LISTED.findall(text)])
        body = _DECLARED.sub("", _LISTED.sub("", _DEFAULT.sub("", text)))
        imported[path] = f"const {name} = (() => {{\n{body}return {{ {names} }};\n}})();\n"
    return name

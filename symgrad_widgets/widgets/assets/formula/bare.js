// A tree without the factors that are 1.
export function bare(tree) {
  if (typeof tree[1] === "string") return tree;
  const [head, ...given] = tree, parts = given.map(bare);
  const kept = head === "mul" ? parts.filter(([kind, text]) => kind !== "#" || Number(text) !== 1) : parts;
  return head === "mul" && kept.length < 2 ? (kept[0] ?? parts[0]) : [head, ...kept];
}

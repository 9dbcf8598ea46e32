// How long a formula is.

// Counted as Python counts: 1 for a leaf, an operator, a constant; squares, cubes and roots are one operator.
export function lengthOf([head, ...given]) {
  if (head === "#" || head === "@" || !given.length) return 1;
  if (head === "neg") return lengthOf(given[0]);
  const total = given.reduce((sum, part) => sum + lengthOf(part), 0);
  if (head === "add" || head === "mul") return total + given.length - 1;
  if (head === "pow" && given[1][0] === "#" && ["2", "3", "0.5", "1/2"].includes(given[1][1])) return total;
  return total + 1;
}

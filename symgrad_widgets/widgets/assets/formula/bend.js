// The monotone function that bends a formula into a neuron: the counterpart of reading/phi.py.

// Isotonic least squares (pool adjacent violators): rows by the formula's value, phi there, and the share of the
// neuron's variance that phi explains; null where there is nothing to fit.
export function bent(formula, neuron) {
  const rows = Array.from(neuron.keys()).filter((i) => Number.isFinite(formula[i])).sort((a, b) => formula[a] - formula[b]);
  const middle = rows.reduce((sum, i) => sum + neuron[i], 0) / rows.length;
  const variance = rows.reduce((sum, i) => sum + (neuron[i] - middle) ** 2, 0);
  if (rows.length < 3 || !variance || formula[rows[0]] === formula[rows.at(-1)]) return null;
  const way = Math.sign(rows.reduce((sum, i, place) => sum + (place - rows.length / 2) * (neuron[i] - middle), 0)) || 1;
  const blocks = []; // [mean, count]
  for (const i of rows) {
    let block = [way * neuron[i], 1];
    while (blocks.length && blocks.at(-1)[0] >= block[0]) {
      const [mean, count] = blocks.pop(), both = count + block[1];
      block = [(mean * count + block[0] * block[1]) / both, both];
    }
    blocks.push(block);
  }
  const phi = blocks.flatMap(([mean, count]) => new Array(count).fill(way * mean));
  const rest = rows.reduce((sum, i, place) => sum + (neuron[i] - phi[place]) ** 2, 0);
  return { rows, phi, share: 1 - rest / variance };
}

// A neuron's gradients as the instrument compares formulas with them: the counterpart of field/.

const VANISHING = 1e-12; // shorter projections than this, against the longest, are zero

// What each point counts, by the length of its gradient: short ones are turned most by an error.
function trusted({ turned, long: share }, lengths, longest, error) {
  const squares = lengths.map((one) => (one / longest) ** 2), sum = (some) => some.reduce((a, b) => a + b, 0);
  const long = sum(squares.map((one) => one * one)) / sum(squares);
  const short = Math.min((error / longest / turned) ** 2, share ** 2 * long);
  return squares.map((one) => (one > 0 ? one / (short + one) : 0));
}

// What neighbouring points do not share of vectors: trust.py has the source.
function noise({ points, neighbours, shares, normal, lower }, vectors, dimension) {
  const near = neighbours.length / points.length;
  const squares = Array.from(points, (point, s) => {
    let square = 0, all = 1;
    for (let k = 0; k < dimension; k++) {
      let left = vectors[point * dimension + k];
      for (let j = s * near; j < (s + 1) * near; j++) left -= shares[j] * vectors[neighbours[j] * dimension + k];
      square += left * left;
    }
    for (let j = s * near; j < (s + 1) * near; j++) all += shares[j] ** 2;
    return square / dimension / all;
  }).sort((a, b) => a - b);
  const place = lower * (squares.length - 1), at = Math.floor(place);
  const low = squares[at] + (place - at) * ((squares[at + 1] ?? squares[at]) - squares[at]);
  return Math.sqrt(low / normal);
}

// What is a neuron's own in a field at the points of another one: unit gradients in tangent coordinates, values.
export function fieldOf({ values, slopes }, like) {
  const { names, count, dimension, spread, basis } = like, n = names.length;
  const span = new Float64Array(count * dimension), lengths = new Float64Array(count), row = new Float64Array(n);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < n; j++) row[j] = slopes[j][i] * spread[j];
    const place = basis && basis.length > n * dimension ? i * n * dimension : 0;
    for (let k = 0; k < dimension; k++) {
      let along = basis ? 0 : row[k];
      if (basis) for (let j = 0; j < n; j++) along += row[j] * basis[place + j * dimension + k];
      span[i * dimension + k] = along;
      lengths[i] += along * along;
    }
    lengths[i] = Math.sqrt(lengths[i]);
  }
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (!(longest > 0)) return null;
  const weights = trusted(like.around, lengths, longest, noise(like.around, span, dimension));
  for (let i = 0; i < count; i++)
    for (let k = 0; k < dimension; k++) {
      const at = i * dimension + k;
      span[at] = lengths[i] > VANISHING * longest ? span[at] / lengths[i] : 0;
    }
  return { names, count, dimension, rank: 1, span, weights, held: like.held, values };
}

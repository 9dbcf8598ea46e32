// Which points of a field are near a slice, { name: value }: nearer than `band` spreads, or else the nearest ones.
const SHARE = 0.15, FEWEST = 60; // of the points

export function nearTo(slice, { count, names, points, spread }, band) {
  const away = new Float64Array(count);
  for (const [name, value] of Object.entries(slice)) {
    const j = names.indexOf(name), scale = spread[j] || 1;
    for (let i = 0; i < count; i++) away[i] += ((points[j][i] - value) / scale) ** 2;
  }
  const place = Math.min(count - 1, Math.max(FEWEST, Math.floor(SHARE * count)));
  const most = band ? band ** 2 * Object.keys(slice).length : away.slice().sort()[place];
  return away.map((one) => one <= most);
}

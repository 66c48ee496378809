// Stacks with their counts as a flame graph (B. Gregg, "The Flame Graph", CACM 59.6): the width of a
// box is its share of the samples, what it called stands on it. Titles show on hovering.
const width = 1200;
const rowHeight = 17;
const charWidth = 6.6;
const shareLeast = 0.0015; // a box that would be a line is left out

function grow(stacks) {
  const root = { name: 'all', count: 0, children: new Map() };
  for (const [stack, count] of stacks) {
    root.count += count;
    let node = root;
    for (const name of stack.split('\n')) {
      if (!node.children.has(name)) node.children.set(name, { name, count: 0, children: new Map() });
      node = node.children.get(name);
      node.count += count;
    }
  }
  return root;
}

const height = (node, least) => 1 + Math.max(0, ...[...node.children.values()]
  .filter(({ count }) => count >= least).map((child) => height(child, least)));

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text) => text.replace(/[&<>"]/g, (sign) => entities[sign]);

// A warm colour of its own for each name, the same in every graph.
function colour(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) % 997;
  return `hsl(${10 + hash % 45}, ${60 + hash % 30}%, ${62 + hash % 16}%)`;
}

function boxes(node, x, level, scale, total, bottom, out) {
  const breadth = node.count * scale;
  const y = bottom - level * rowHeight;
  const share = (node.count / total * 100).toFixed(1);
  const room = Math.floor((breadth - 4) / charWidth);
  const label = room < 3 ? '' : node.name.length <= room ? node.name : `${node.name.slice(0, room - 1)}…`;
  out.push(`<g><title>${escape(node.name)}: ${share} %</title>`
    + `<rect x="${x.toFixed(1)}" y="${y}" width="${breadth.toFixed(1)}" height="${rowHeight - 1}" rx="1" `
    + `fill="${level === 0 ? '#d8d8d8' : colour(node.name)}"/>`
    + (label ? `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escape(label)}</text>` : '') + '</g>');
  let left = x;
  for (const child of [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (child.count >= shareLeast * total) boxes(child, left, level + 1, scale, total, bottom, out);
    left += child.count * scale;
  }
}

export function draw(stacks, title) {
  const root = grow(stacks);
  const bottom = 30 + (height(root, shareLeast * root.count) - 1) * rowHeight;
  const out = [];
  boxes(root, 0, 0, width / root.count, root.count, bottom, out);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + rowHeight + 4}" `
    + 'font-family="DejaVu Sans Mono, monospace" font-size="11">\n'
    + `<rect width="100%" height="100%" fill="#fff"/>\n<text x="4" y="16" font-size="13">${escape(title)}: `
    + `${root.count} samples</text>\n${out.join('\n')}\n</svg>\n`;
}

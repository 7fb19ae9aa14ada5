/** SVG as text: elements are functions of their attributes and children, and nothing can break out of either. */

export type Attributes = Record<string, string | number>;

/** One element; children are SVG already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(format(value))}"`);
  const open = `<${name}${written.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
}

/** A `<text>` whose content is escaped. */
export function label(content: string, attributes: Attributes): string {
  return element("text", attributes, escape(content));
}

/** The `d` of a line through points, in user units. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${format(x)},${format(y)}`).join("");
}

const format = (value: string | number) =>
  typeof value === "number" ? String(Math.round(value * 100) / 100) : value;

/** Control characters have no place in XML at all. */
const control = /\p{Cc}/gu;

function escape(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character]!).replace(control, "\ufffd");
}

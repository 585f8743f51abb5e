type Child = Node | string | undefined;
type Attributes = Readonly<Record<string, string | boolean>>;

const svgNamespace = "http://www.w3.org/2000/svg";

/** An element with attributes and children. Text is always text: nothing from outside becomes markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

export function drawing<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS(svgNamespace, tag), attributes, children);
}

export function button(words: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", press);
  return made;
}

/** A part of the page that the server wrote. */
export function part<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
}

/** Writes only what differs, so that nothing is read out twice. */
export function say(place: Element, words: string): void {
  if (place.textContent !== words) place.textContent = words;
}

function filled<T extends Element>(made: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "string") made.setAttribute(name, value);
    else if (value) made.setAttribute(name, "");
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

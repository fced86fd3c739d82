/** What an element is made with: attributes, `text`, and listeners named `onclick` and so on. */
export interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly [name: string]: string | boolean | number | ((event: Event) => void) | undefined;
}

/** Makes an element of the page. `false` and undefined leave an attribute out, `true` sets it empty. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parts: Parts = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = String(value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** An icon of the page's set, drawn in the text's colour. */
function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A round button with an icon; its title is its name, with the key in parentheses where it has one. */
export function iconButton(
  name: keyof typeof ICONS,
  title: string,
  onclick: () => void,
  parts: Parts = {},
): HTMLButtonElement {
  const { class: extra = "", ...rest } = parts;
  const button = element("button", {
    ...rest,
    class: `icon ${extra}`.trim(),
    title,
    "aria-label": title,
    "data-short": title.replace(/ \(.*\)$/, ""),
    type: "button",
    onclick,
  });
  button.append(icon(name));
  return button;
}

/** Strokes on a 24 x 24 grid. */
const ICONS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  step: "M6 5.5v13l8.5-6.5zM18 5.5v13",
  reset: "M5 5v5h5M5.6 14.5A7 7 0 1 0 7 7.2L5 10",
  camera: "M4 8h3l1.5-2.5h7L17 8h3v11H4zM12 10.2a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z",
  video: "M3.5 7h11v10h-11zM14.5 11l6-3.5v9l-6-3.5z",
  record: "M12 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z",
  share: "M12 15V4M8 7.5 12 4l4 3.5M6 12H5v8h14v-8h-1",
  follow: "M12 3v4M12 17v4M3 12h4M17 12h4M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  plot: "M4 4v16h16M7 15l3.5-5 3 3L19 6",
  panel: "M4 5h16v14H4zM15 5v14",
  help: "M9.2 9.2a2.9 2.9 0 1 1 4.3 2.5c-1 .6-1.5 1.1-1.5 2.3M12 17.2v.3",
  theme: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  close: "M6 6l12 12M18 6 6 18",
  download: "M12 4v11M8 11.5l4 3.5 4-3.5M5 20h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  eye: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  menu: "M4 7h16M4 12h16M4 17h16",
  open: "M4 19V6h5l2 2h9v11z",
} as const;

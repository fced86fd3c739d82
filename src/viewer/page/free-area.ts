/** A rectangle of the page, CSS pixels from its top left corner. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Panels may hide so much of the page's width and height; what they take beyond it covers the picture. */
const MOST = 0.62;
/** A panel wider than this share of the page lies across it. */
const ACROSS = 0.6;

/**
 * What panels leave of a page: each cuts off the edge that it is nearest to, across the page or along its side. So
 * whatever is looked at stays in the middle of what can be seen.
 */
export function freeArea(page: Area, panels: readonly Area[]): Area {
  const [width, height] = [page.right - page.left, page.bottom - page.top];
  let { left, top, right, bottom } = page;
  for (const panel of panels) {
    const isAbove = panel.top + panel.bottom < page.top + page.bottom;
    const isBefore = panel.left + panel.right < page.left + page.right;
    if (panel.right - panel.left > ACROSS * width) {
      if (isAbove) top = Math.max(top, panel.bottom);
      else bottom = Math.min(bottom, panel.top);
    } else if (isBefore) left = Math.max(left, panel.right);
    else right = Math.min(right, panel.left);
  }
  const [freeWidth, freeHeight] = [(1 - MOST) * width, (1 - MOST) * height];
  return {
    ...{ left, top },
    right: Math.max(right, Math.min(page.right, left + freeWidth)),
    bottom: Math.max(bottom, Math.min(page.bottom, top + freeHeight)),
  };
}

/** A part of the way from one area to another. */
export function between(from: Area, to: Area, share: number): Area {
  const blend = (a: number, b: number) => (Math.abs(b - a) < 0.5 ? b : a + share * (b - a));
  return {
    left: blend(from.left, to.left),
    top: blend(from.top, to.top),
    right: blend(from.right, to.right),
    bottom: blend(from.bottom, to.bottom),
  };
}

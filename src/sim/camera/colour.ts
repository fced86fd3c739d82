import { portableMath } from "../../common/index.ts";

/*
 * Models state colours of surfaces as a screen shows them (sRGB). They are decoded, lit in linear light and encoded at
 * the end, so a surface in full light has its own colour, and a half-lit one is as bright as an eye expects. MuJoCo's
 * viewer multiplies and adds the screen's values instead; its shadows are darker.
 */

/** Linear light of an sRGB value; 0 to 1, and beyond for lights brighter than white. */
export function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4);
}

/** sRGB value of linear light. */
function toDisplay(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * power(linear, 1 / 2.4) - 0.055;
}

/** A positive number to any power, bit-identical in all engines. */
function power(base: number, exponent: number): number {
  return base <= 0 ? 0 : portableMath.exp(exponent * portableMath.log(base));
}

const STEPS_PER_UNIT = 4096;
const BRIGHTEST = 4;
const SHOULDER = 0.8;
const TABLE = buildTable();

/** Byte for the screen of linear light: exact up to 0.8, above that bent so that bright parts keep their shape up to 4. */
export function encodeByte(linear: number): number {
  return TABLE[linear < BRIGHTEST ? (linear * STEPS_PER_UNIT + 0.5) | 0 : TABLE.length - 1];
}

function buildTable(): Uint8Array {
  return Uint8Array.from({ length: BRIGHTEST * STEPS_PER_UNIT + 1 }, (_, i) => {
    const x = i / STEPS_PER_UNIT;
    const room = 1 - SHOULDER;
    const bent = x <= SHOULDER ? x : SHOULDER + room * (1 - portableMath.exp((SHOULDER - x) / room));
    return Math.floor(255 * toDisplay(bent) + 0.5);
  });
}

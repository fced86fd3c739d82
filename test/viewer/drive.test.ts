import { describe, expect, it } from "vitest";
import { Drive } from "../../src/viewer/input/drive.ts";

function drive(): Drive {
  const made = new Drive();
  made.ranges = [
    [-0.4, 0.8],
    [-0.3, 0.3],
    [-0.5, 0.5],
  ];
  return made;
}

describe("the drive", () => {
  it("eases keys in and ends within the policy's range", () => {
    const keys = drive();
    expect(keys.press("KeyW")).toBe(true);
    const first = keys.update(0.02, []);
    expect(first?.[0]).toBeGreaterThan(0);
    expect(first?.[0]).toBeLessThan(0.2);
    let last = first;
    for (let i = 0; i < 50; i++) last = keys.update(0.02, []) ?? last;
    expect(last).toEqual([0.8, 0, 0]);
    keys.release("KeyW");
    for (let i = 0; i < 50; i++) last = keys.update(0.02, []) ?? last;
    expect(last).toEqual([0, 0, 0]);
    expect(keys.update(0.02, [])).toBeUndefined();
  });

  it("has ranges of its own for forward and back", () => {
    const keys = drive();
    keys.press("KeyS");
    let last: readonly number[] = [];
    for (let i = 0; i < 50; i++) last = keys.update(0.02, []) ?? last;
    expect(last).toEqual([-0.4, 0, 0]);
  });

  it("lets sticks on the screen drive, and whoever moves furthest wins", () => {
    const both = drive();
    both.screen = [0.5, -1, 0];
    expect(both.update(0.02, [])).toEqual([0.4, -0.3, 0]);
  });

  it("takes a gamepad's sticks beyond their dead zone, and forgets one that is unplugged", () => {
    const pads = drive();
    const pad = (axes: number[], connected = true) => ({ axes, connected }) as unknown as Gamepad;
    expect(pads.update(0.02, [null, pad([0.05, -1, 0.5, 0])])).toEqual([0.8, 0, -0.25]);
    expect(pads.update(0.02, [pad([0, 0.1, 0.02, 0])])).toEqual([0, 0, 0]);
    pads.update(0.02, [pad([1, 0, 0, 0])]);
    expect(pads.update(0.02, [pad([1, 0, 0, 0], false)])).toEqual([0, 0, 0]);
  });

  it("takes no key that means something else", () => {
    expect(drive().press("KeyP")).toBe(false);
  });
});

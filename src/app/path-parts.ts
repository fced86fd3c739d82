/**
 * The part of each path that tells it from the others: folders and names that all share at their beginning and end are
 * left out. "runs/a/lower-1/policy.onnx" and "runs/a/lower-2/policy.onnx" become "lower-1" and "lower-2". Paths without
 * a folder, such as keywords, stay as they are.
 */
export function distinctParts(paths: readonly string[]): ReadonlyMap<string, string> {
  const split = new Map([...new Set(paths)].map((path) => [path, path.split("/")]));
  const deep = [...split.values()].filter((parts) => parts.length > 1);
  const shortest = Math.min(...deep.map((parts) => parts.length));
  const isShared = (at: (parts: string[]) => string) => new Set(deep.map(at)).size === 1;
  let [head, tail] = [0, 0];
  while (deep.length > 1 && head < shortest - 1 && isShared((parts) => parts[head])) head++;
  while (deep.length > 1 && tail < shortest - 1 - head && isShared((parts) => parts.at(-1 - tail) ?? ""))
    tail++;
  return new Map(
    [...split].map(([path, parts]) => [
      path,
      parts.length === 1 ? path : parts.slice(head, parts.length - tail).join("/"),
    ]),
  );
}

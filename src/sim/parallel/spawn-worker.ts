import { Worker } from "node:worker_threads";

/**
 * Starts a worker thread on a module beside the caller, from TypeScript sources or from compiled ones.
 *
 * @param module file URL without its extension, as `new URL("./x.worker", import.meta.url)`
 */
export function spawnWorker(module: URL, workerData: unknown): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL(`${module.href}.js`), { workerData });
  // A thread has no TypeScript loader of its own: it registers one before it imports the module.
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const source = `import { register } from ${loader}; register(); await import(${JSON.stringify(`${module.href}.ts`)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
}

import { defineConfig } from "vite";

/** The viewer's bundle: `npx vite` serves it while it is worked on, `npx vite build` writes dist/viewer. */
export default defineConfig({
  root: "src/viewer",
  base: "./",
  cacheDir: "../../node_modules/.vite-viewer",
  worker: { format: "es" },
  // Pages evaluate small networks, for which the plain processor is fastest; the GPU build weighs 27 MB.
  resolve: { alias: { "onnxruntime-web/webgpu": "onnxruntime-web/wasm" } },
  build: {
    outDir: "../../dist/viewer",
    emptyOutDir: true,
    target: "es2023",
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    reportCompressedSize: false,
  },
});

/// <reference types="vitest/config" />
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "../app/web/static",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    assetsInlineLimit: 0, // the Content-Security-Policy has no data: for fonts and scripts
    modulePreload: { polyfill: false },
    rolldownOptions: { input: "src/main.tsx" },
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});

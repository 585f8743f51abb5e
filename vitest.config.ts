import { defineConfig } from "vitest/config";

// Unit tests run TypeScript as it is. Integration tests start processes and threads, whose entries must be
// JavaScript files, so they run against dist (ADR 0004); one file at a time, because each starts a cluster.
export default defineConfig({
  test: {
    projects: [
      {
        // In one process after the other: what most of the time went into was loading the same modules for each file.
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/*.test.ts"],
          testTimeout: 20_000,
          isolate: false,
          maxWorkers: "100%",
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts", "test/conformance/**/*.test.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Tests that want the database server say so; no other server or command of ours may find it by accident.
          env: {
            TEST_DATABASE_URL: process.env["DATABASE_URL"] ?? "",
            DATABASE_URL: "",
            TEST_NATS_URL: process.env["NATS_URL"] ?? "",
            NATS_URL: "",
            NATS_USER: "",
            NATS_PASSWORD: "",
          },
        },
      },
    ],
  },
});

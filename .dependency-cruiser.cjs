// The import DAG of docs/architecture.md as code. An edge that is not listed here does not exist.
// scripts/check-imports.mjs runs it and asserts that it really read the tree.
const rooms = {
  contracts: [],
  platform: ["contracts"],
  ensemble: ["contracts"],
  programmes: ["contracts", "platform", "ensemble"],
  intake: ["contracts", "platform"],
  workers: ["contracts", "platform"],
  store: ["contracts", "platform"],
  access: ["contracts", "platform", "store"],
  screening: ["contracts", "platform", "ensemble", "programmes", "store"],
  training: ["contracts", "platform", "ensemble", "programmes", "intake", "workers"],
  registry: ["contracts", "platform"],
  vlm: ["contracts", "platform"],
  cluster: ["contracts", "platform"],
  drift: ["contracts", "platform", "ensemble"],
  batches: ["contracts", "platform", "intake", "programmes", "screening"],
  persons: ["contracts", "platform", "intake", "programmes", "screening"],
  gateway: ["contracts", "platform", "intake", "access", "programmes", "screening", "persons", "batches"],
  main: [
    "contracts",
    "platform",
    "ensemble",
    "programmes",
    "intake",
    "workers",
    "store",
    "access",
    "screening",
    "training",
    "registry",
    "vlm",
    "cluster",
    "drift",
    "batches",
    "persons",
    "gateway",
  ],
  simulation: ["contracts", "platform", "cluster", "batches"],
  client: ["contracts"],
  cli: ["contracts", "platform", "main", "programmes", "store", "simulation"],
};

// Each outside library has one home.
const homes = {
  "hono|@hono": ["gateway", "main"],
  zod: ["contracts", "platform", "programmes", "gateway", "intake", "registry", "vlm", "cluster"],
  "csv-parse": ["training", "intake"],
  "piscina|onnxruntime-node|sharp": ["workers"],
  "pino|prom-client": ["platform"],
  "@fastify/busboy": ["intake"],
  "swagger-ui-dist|redoc": ["gateway"],
  ws: ["gateway"],
  "@aws-sdk": ["store"],
  nats: ["cluster"],
  yauzl: ["batches"],
  citty: ["cli"],
  "openapi-fetch": ["client"],
  "kysely|pg|@electric-sql": ["store"],
};

const room = (names) => `^src/(${names.join("|")})/`;
const notTests = "\\.test\\.ts$";

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "known-rooms-only", severity: "error", from: { path: "^src/", pathNot: room(Object.keys(rooms)) }, to: {} },
    ...Object.entries(rooms).map(([name, allowed]) => ({
      name: `dag-${name}`,
      severity: "error",
      from: { path: room([name]), pathNot: notTests },
      to: { path: "^src/", pathNot: room([name, ...allowed]) },
    })),
    {
      name: "outsiders-use-the-door",
      comment: "Another room is entered by its index.ts. Contracts have no inner rooms: any of its files is a door.",
      severity: "error",
      from: { path: "^src/([^/]+)/", pathNot: notTests },
      to: {
        path: "^src/[^/]+/.+",
        pathNot: [
          "^src/$1/",
          "^src/[^/]+/index\\.ts$",
          "^src/contracts/",
          "^src/workers/(engine|embedding)\\.ts$",
          "^src/training/trainer\\.ts$",
        ],
      },
    },
    {
      name: "engine-door-is-for-the-engine",
      comment: "workers has a second door, behind which onnxruntime lies: only the engine process may open it.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/main/engine\\.ts$", "^src/workers/"] },
      to: { path: "^src/workers/engine\\.ts$" },
    },
    {
      name: "gateway-process-never-loads-native-inference",
      severity: "error",
      from: { path: "^src/(cli/|main/(gateway|reader|doctor)\\.ts$|workers/index\\.ts$)" },
      to: { path: "node_modules/(onnxruntime-node|sharp|piscina)(/|$)", reachable: true },
    },
    {
      name: "residents-do-not-use-their-own-door",
      severity: "error",
      from: { path: "^src/([^/]+)/", pathNot: notTests },
      to: { path: "^src/$1/index\\.ts$" },
    },
    {
      name: "threads-stay-small",
      comment:
        "A thread entry sees contracts, its own folder, onnxruntime-node and sharp: never a database, a log transport or HTTP.",
      severity: "error",
      from: { path: "^src/workers/.*\\.worker\\.ts$" },
      to: { path: "^src/", pathNot: ["^src/contracts/", "^src/workers/"] },
    },
    {
      name: "the-record-thread-stays-small",
      comment: "It sees contracts and its own folder: its memory is counted beside the database's.",
      severity: "error",
      from: { path: "^src/store/.*\\.worker\\.ts$" },
      to: { path: "^src/", pathNot: ["^src/contracts/", "^src/store/"] },
    },
    {
      name: "database-libraries-only-in-the-record-thread",
      comment: "A database that blocks its caller must not block the gateway.",
      severity: "error",
      from: { path: "^src/(gateway|main|cli|screening)/" },
      to: { path: "node_modules/(kysely|pg|@electric-sql)(/|$)", reachable: true },
    },
    {
      name: "page-client-is-alone",
      comment:
        "What runs in the browser is its own program: of the rest it knows the shapes of the contracts, no code.",
      severity: "error",
      from: { path: "^src/gateway/pages/client/", pathNot: notTests },
      to: { pathNot: "^src/gateway/pages/client/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "page-client-knows-contracts-only",
      severity: "error",
      from: { path: "^src/gateway/pages/client/", pathNot: notTests },
      to: { pathNot: ["^src/gateway/pages/client/", "^src/contracts/"] },
    },
    {
      name: "page-client-stays-in-the-browser",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/gateway/pages/client/", notTests] },
      to: { path: "^src/gateway/pages/client/" },
    },
    {
      name: "client-is-for-others",
      comment: "It runs in programs that are not ours: of the rest it knows the shapes of the contracts, no code.",
      severity: "error",
      from: { path: "^src/client/", pathNot: notTests },
      to: { path: "^src/(?!client/)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "client-needs-no-node",
      comment: "It runs in browsers as well.",
      severity: "error",
      from: { path: "^src/client/", pathNot: notTests },
      to: { dependencyTypes: ["core"] },
    },
    ...Object.entries(homes).map(([library, names]) => ({
      name: `home-of-${library.split("|")[0]}`,
      severity: "error",
      from: { path: "^src/", pathNot: [room(names), notTests] },
      to: { path: `node_modules/(${library})(/|$)` },
    })),
    {
      name: "tests-do-not-leak",
      severity: "error",
      from: { path: "^src/", pathNot: notTests },
      to: { path: ["^test/", notTests] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};

// What the dashboards show. scripts/generate-dashboards.mjs makes files for Grafana of it.

/** Requests of people's programs: probes and scrapes are not. */
const asked = 'route!~"/livez|/readyz|/metrics|/v2/health/.*"';
/** Routes that answer with what was read in one image; the latency objective is theirs. */
const reading =
  'route=~"/v1/programmes/:programme/cases|/v1/persons/:id/analyse|/v2/models/.*/infer|/p/.*/(predict|predict_clip|predict_lgbm|predict_ensemble|predict_base64|analyze|analyze-upload|explain)"';
const every = "$__rate_interval";
/** @param {number} share @param {string} metric @param {string} by @param {string} where */
const quantile = (share, metric, by = "", where = "") =>
  `histogram_quantile(${share}, sum by (le${by && `, ${by}`}) (rate(${metric}_bucket${where && `{${where}}`}[${every}])))`;
/** @param {string} metric @param {string} by */
const mean = (metric, by = "") => {
  const of = (/** @type {string} */ part) => `sum${by && ` by (${by})`} (rate(${metric}_${part}[${every}]))`;
  return `${of("sum")} / ${of("count")}`;
};
/** Three lines of one histogram. */
const percentiles = (/** @type {string} */ metric, where = "") =>
  [0.5, 0.95, 0.99].map((share) => ({ expr: quantile(share, metric, "", where), legend: `p${share * 100}` }));
const errors = `sum(rate(screen_http_requests_total{${asked},code=~"5.."}[${every}]))`;
const all = `sum(rate(screen_http_requests_total{${asked}}[${every}]))`;

/** @typedef {{ expr: string, legend: string }} Line */
/**
 * kind: stat, lines, stack, heat or table. warn and bad: where yellow and red begin; `low`: bad is below.
 * quiet: why there may be nothing to show in a system where all is well.
 * @typedef {{ title: string, kind: string, unit: string, text: string, lines: Line[], warn?: number, bad?: number,
 *   low?: boolean, max?: number, decimals?: number, quiet?: string, wide?: boolean }} Panel
 * @typedef {{ uid: string, title: string, text: string, rows: { title: string, panels: Panel[] }[] }} Dashboard
 */

/** @type {Dashboard} */
const service = {
  uid: "fovea-service",
  title: "Fovea: service",
  text: "Rate, errors and duration of what callers ask. Probes and scrapes are left out. Start here; the other dashboards say why.",
  rows: [
    {
      title: "Now",
      panels: [
        {
          title: "Servers that accept cases",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "sum(screen_ready)", legend: "ready" }],
          warn: 1,
          bad: 0,
          low: true,
          text: "How many servers say 200 on /readyz. At 0 nothing is read: ask /readyz of one, it names the reason.",
        },
        {
          title: "Cases a second",
          kind: "stat",
          unit: "cps",
          decimals: 2,
          lines: [
            { expr: `sum(rate(screen_cases_settled_total{result=~"decided|provisional"}[${every}]))`, legend: "cases" },
          ],
          text: "Recorded cases. Falls to 0 while requests go on: look at Shedding.",
        },
        {
          title: "Requests that failed",
          kind: "stat",
          unit: "percentunit",
          decimals: 2,
          lines: [{ expr: `(${errors} or vector(0)) / ${all}`, legend: "failed" }],
          warn: 0.001,
          bad: 0.0144,
          text: "Share answered with 5xx. The objective is 0.1 % in 30 days; red burns that in two days. Problem codes below say what failed.",
        },
        {
          title: "A case takes (p95)",
          kind: "stat",
          unit: "s",
          lines: [
            {
              expr: quantile(0.95, "screen_http_request_duration_seconds", "", `outcome="ok",${reading}`),
              legend: "p95",
            },
          ],
          warn: 0.75,
          bad: 1,
          text: "95 of 100 cases are answered faster. The objective is 1 s. Where the time goes is on Stages.",
        },
        {
          title: "Go to a person",
          kind: "stat",
          unit: "percentunit",
          lines: [
            {
              expr: `(sum(rate(screen_decisions_total{outcome="person"}[${every}])) or vector(0)) / sum(rate(screen_decisions_total[${every}]))`,
              legend: "person",
            },
          ],
          text: "Share of decisions that the readers left to a person. There is no right value: a jump means other pictures or another release.",
        },
        {
          title: "Waiting for a second look",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "max(screen_second_looks_pending)", legend: "cases" }],
          warn: 10,
          bad: 100,
          text: "Provisional cases of the database. They decide themselves, or go to a person after SECOND_LOOK_MAX_MINUTES. Growing: the fine reader cannot be had.",
        },
      ],
    },
    {
      title: "Rate",
      panels: [
        {
          title: "Requests by status",
          kind: "stack",
          unit: "reqps",
          lines: [{ expr: `sum by (code) (rate(screen_http_requests_total{${asked}}[${every}]))`, legend: "{{code}}" }],
          text: "429, 503 and 504 are shed load, 4xx the caller's, 5xx ours.",
        },
        {
          title: "Busiest routes",
          kind: "lines",
          unit: "reqps",
          lines: [
            {
              expr: `topk(8, sum by (route) (rate(screen_http_requests_total{${asked}}[${every}])))`,
              legend: "{{route}}",
            },
          ],
          text: "By the route's pattern. `unmatched`: addresses that nobody answers, as scanners ask them.",
        },
      ],
    },
    {
      title: "Errors",
      panels: [
        {
          title: "Refused, by problem code",
          kind: "stack",
          unit: "reqps",
          lines: [{ expr: `sum by (code) (rate(screen_rejected_total[${every}]))`, legend: "{{code}}" }],
          quiet: "a series begins with the first refusal of its code",
          text: "The table at /docs/problems says of each code what it means and what to do.",
        },
        {
          title: "How fast the error budget is spent",
          kind: "lines",
          unit: "short",
          lines: ["5m", "1h", "6h"].map((time) => ({
            expr: `fovea:errors:ratio_rate${time} / 0.001`,
            legend: `availability, ${time}`,
          })),
          warn: 6,
          bad: 14.4,
          text: "1 spends the budget of 30 days in 30 days. Above 14.4 in 5 min and 1 h somebody is woken, above 6 in 30 min and 6 h a ticket is due.",
        },
        {
          title: "How fast the latency budget is spent",
          kind: "lines",
          unit: "short",
          lines: ["5m", "1h", "6h"].map((time) => ({
            expr: `fovea:slow:ratio_rate${time} / 0.05`,
            legend: `slower than 1 s, ${time}`,
          })),
          warn: 6,
          bad: 14.4,
          text: "One case in twenty may take longer than 1 s. See Stages for where the time goes, Capacity for what is full.",
        },
      ],
    },
    {
      title: "Duration",
      panels: [
        {
          title: "A case, from first byte to answer",
          kind: "lines",
          unit: "s",
          lines: percentiles("screen_http_request_duration_seconds", `outcome="ok",${reading}`),
          warn: 0.75,
          bad: 1,
          text: "Answered cases, all routes that read one image. Includes the upload: callers on slow lines show in p99.",
        },
        {
          title: "Slowest routes (p95)",
          kind: "lines",
          unit: "s",
          lines: [
            {
              expr: `topk(8, ${quantile(0.95, "screen_http_request_duration_seconds", "route", `outcome="ok",${asked}`)})`,
              legend: "{{route}}",
            },
          ],
          text: "Streams (`/events`, `/results` with follow) are open for as long as their clients want: long is right there.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const stages = {
  uid: "fovea-stages",
  title: "Fovea: where the time goes",
  text: "The time of a case by what it is spent on.",
  rows: [
    {
      title: "Mean",
      panels: [
        {
          title: "Mean time of each stage",
          kind: "stack",
          unit: "s",
          wide: true,
          lines: [
            { expr: mean("screen_queue_wait_seconds"), legend: "queue" },
            { expr: mean("screen_stage_duration_seconds", "stage"), legend: "{{stage}}" },
          ],
          text: "Per image that goes through the stage; not every case goes through all. Queue grows first when workers are too few; store when the database or disk is slow.",
        },
      ],
    },
    {
      title: "Tail",
      panels: [
        {
          title: "p95 of each stage",
          kind: "lines",
          unit: "s",
          lines: [{ expr: quantile(0.95, "screen_stage_duration_seconds", "stage"), legend: "{{stage}}" }],
          text: "decode, fast, fine and store. A stage that is slow alone is at fault itself; all of them at once: the machine is overloaded.",
        },
        {
          title: "p95 of the wait for a worker",
          kind: "lines",
          unit: "s",
          lines: [{ expr: quantile(0.95, "screen_queue_wait_seconds", "lane"), legend: "{{lane}}" }],
          warn: 1,
          bad: 2.5,
          text: "interactive goes before escalation and bulk. Interactive above 1 s: add workers or nodes. Bulk may wait.",
        },
        {
          title: "Waiting against reading (p95)",
          kind: "lines",
          unit: "s",
          lines: [
            { expr: quantile(0.95, "screen_queue_wait_seconds"), legend: "waiting" },
            {
              expr: quantile(0.95, "screen_stage_duration_seconds", "", 'stage=~"decode|fast|fine"'),
              legend: "reading",
            },
          ],
          text: "Where waiting lies above reading, more workers help; where it does not, only a faster machine does.",
        },
        {
          title: "Wait for a worker",
          kind: "heat",
          unit: "s",
          lines: [{ expr: `sum by (le) (increase(screen_queue_wait_seconds_bucket[${every}]))`, legend: "{{le}}" }],
          text: "How many images waited how long. Two bands: some lanes wait, others do not.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const capacity = {
  uid: "fovea-capacity",
  title: "Fovea: capacity of servers and nodes",
  text: "How much there is of everything that can run out, by process. A server's slots are those of its own engine and of all nodes that it sees. What a GPU does is not measured.",
  rows: [
    {
      title: "Engines",
      panels: [
        {
          title: "Engines that are up",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "sum(screen_engine_up)", legend: "up" }],
          warn: 1,
          bad: 0,
          low: true,
          text: "Servers whose engine or nodes can read, and nodes. Down: the log of that process says why; it starts anew by itself.",
        },
        {
          title: "Engine starts after the first",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "sum(screen_engine_restarts)", legend: "restarts" }],
          warn: 1,
          bad: 5,
          text: "An image that ends the process is refused afterwards. Growing: read the log for `engine ended`, look at the memory limit.",
        },
        {
          title: "Slots that work",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: 'sum by (instance) (screen_engine_slots{state="busy"}) / sum by (instance) (screen_engine_slots)',
              legend: "{{instance}}",
            },
          ],
          warn: 0.8,
          bad: 0.95,
          text: "1 for long: every thread works and images wait. Add nodes, or workers where cores are free.",
        },
        {
          title: "Slots",
          kind: "stack",
          unit: "short",
          lines: [{ expr: "sum by (instance, state) (screen_engine_slots)", legend: "{{instance}} {{state}}" }],
          text: "Images that can be read at the same time, by process. A server counts what its nodes offer, so do not add servers up.",
        },
      ],
    },
    {
      title: "Queues and their bounds",
      panels: [
        {
          title: "Images that wait",
          kind: "lines",
          unit: "short",
          lines: [
            { expr: "sum by (instance, lane) (screen_mailbox_items)", legend: "{{instance}} {{lane}}" },
            { expr: "screen_mailbox_items_limit", legend: "{{instance}} bound" },
          ],
          text: "At the bound (QUEUE_ITEMS_MAX) callers get 429. Bulk fills up first and is refused first.",
        },
        {
          title: "Share of each bound that is taken",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: "sum by (instance) (screen_mailbox_items) / sum by (instance) (screen_mailbox_items_limit)",
              legend: "{{instance}} images",
            },
            { expr: "screen_mailbox_bytes / screen_mailbox_bytes_limit", legend: "{{instance}} bytes" },
            {
              expr: "screen_inflight_upload_bytes / screen_inflight_upload_bytes_limit",
              legend: "{{instance}} uploads",
            },
          ],
          warn: 0.6,
          bad: 0.8,
          text: "Above 80 % for two minutes an alert fires. Add nodes; raise a bound only where memory allows.",
        },
      ],
    },
    {
      title: "Nodes",
      panels: [
        {
          title: "Nodes and their state",
          kind: "table",
          unit: "short",
          lines: [{ expr: "max by (node, state) (screen_node_up)", legend: "{{node}} {{state}}" }],
          quiet: "only with NATS_URL",
          text: "As servers see them. suspect: silent for 3 s; dead: for 5 s; resting: failed again and again and is left alone for a while.",
        },
        {
          title: "Since the last heartbeat",
          kind: "lines",
          unit: "s",
          lines: [{ expr: "max by (node) (screen_node_heartbeat_age_seconds)", legend: "{{node}}" }],
          warn: 3,
          bad: 5,
          quiet: "only with NATS_URL",
          text: "Beats come every second. All nodes at once: NATS. One: that node or its network. A node that stays away is forgotten after a minute.",
        },
        {
          title: "Open images against what a node takes",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: "sum by (node) (screen_node_inflight_items) / sum by (node) (screen_node_inflight_items_limit)",
              legend: "{{node}}",
            },
          ],
          warn: 0.6,
          bad: 0.8,
          quiet: "only with NATS_URL",
          text: "Servers send to the node that answers soonest. All of them full: add nodes.",
        },
        {
          title: "Packs of nodes",
          kind: "lines",
          unit: "short",
          lines: [
            { expr: "sum by (state) (max by (node, state) (screen_node_packs))", legend: "{{state}}" },
            { expr: "sum(max by (node) (screen_node_pack_refusals))", legend: "files refused" },
          ],
          quiet: "only with NATS_URL",
          text: "Of all nodes together. A pack in `failed` is not served there: GET /v1/nodes says why. Files refused: somebody sent other bytes than the digest names.",
        },
      ],
    },
    {
      title: "Processes",
      panels: [
        {
          title: "Cores in use",
          kind: "lines",
          unit: "short",
          lines: [{ expr: `rate(screen_process_process_cpu_seconds_total[${every}])`, legend: "{{instance}}" }],
          text: "Of the main process, without its engine: its threads for HTTP and records. Near 1 for long: add a server.",
        },
        {
          title: "Resident memory",
          kind: "lines",
          unit: "bytes",
          lines: [{ expr: "screen_process_process_resident_memory_bytes", legend: "{{instance}}" }],
          text: "Of the main process, without its engine. Grows with load and stays; growing without load is a fault to report.",
        },
        {
          title: "Delay of the event loop (p99)",
          kind: "lines",
          unit: "s",
          lines: [{ expr: "screen_process_nodejs_eventloop_lag_p99_seconds", legend: "{{instance}}" }],
          warn: 0.1,
          bad: 0.5,
          text: "How late the process gets to what waits. Above 0.1 s: the machine has too few cores for what runs on it.",
        },
        {
          title: "Open file handles and sockets",
          kind: "lines",
          unit: "short",
          lines: [{ expr: "screen_process_process_open_fds", legend: "{{instance}}" }],
          text: "At CONNECTIONS_MAX new connections wait. Growing without load: a client leaves connections open.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const batching = {
  uid: "fovea-batching",
  title: "Fovea: runs",
  text: "Images that wait together are read in one run. A run never waits for more images to come.",
  rows: [
    {
      title: "Runs",
      panels: [
        {
          title: "Images in the run of an image",
          kind: "heat",
          unit: "short",
          lines: [{ expr: `sum by (le) (increase(screen_batch_size_bucket[${every}]))`, legend: "{{le}}" }],
          text: "Each image counts with the size of its run. All in 1: nothing waits. All in the largest: the queue is never empty.",
        },
        {
          title: "Mean images a run",
          kind: "lines",
          unit: "short",
          decimals: 1,
          lines: [
            {
              expr: `sum by (instance) (rate(screen_inference_items_total[${every}])) / sum by (instance) (rate(screen_inference_batches_total[${every}]))`,
              legend: "{{instance}}",
            },
          ],
          text: "Grows with load by itself. At 1 under load: cases arrive one after the other, or nodes take them all at once.",
        },
        {
          title: "Readings and runs",
          kind: "lines",
          unit: "cps",
          lines: [
            { expr: `sum(rate(screen_inference_items_total[${every}]))`, legend: "readings" },
            { expr: `sum(rate(screen_inference_batches_total[${every}]))`, legend: "runs" },
          ],
          text: "A case that both readers read counts twice. Runs near readings: little to gain from more load.",
        },
        {
          title: "Pixels were still at hand",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: `sum(rate(screen_cache_requests_total{result="hit"}[${every}])) / sum(rate(screen_cache_requests_total[${every}]))`,
              legend: "not decoded again",
            },
          ],
          text: "The second reader, and a repeated image, need no decoding. Falls with many different images at once.",
        },
        {
          title: "Size of accepted images",
          kind: "heat",
          unit: "bytes",
          lines: [{ expr: `sum by (le) (increase(screen_image_bytes_bucket[${every}]))`, legend: "{{le}}" }],
          text: "As uploaded. Larger pictures take longer to decode and fill INFLIGHT_BYTES_MAX sooner.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const cascade = {
  uid: "fovea-cascade",
  title: "Fovea: decisions, cascade and agreement",
  text: "What is decided, which reader it rests on, and whether both agree. Counts of the same release only: a new one may change all of them.",
  rows: [
    {
      title: "Decisions",
      panels: [
        {
          title: "Decisions by outcome",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (outcome) (rate(screen_decisions_total[${every}]))`, legend: "{{outcome}}" }],
          text: "A sudden change without a new release: look at the pictures that come in. This is no measure of who is ill.",
        },
        {
          title: "Decisions by the reader they rest on",
          kind: "stack",
          unit: "cps",
          lines: [
            {
              expr: `sum by (programme, stage) (rate(screen_decisions_total[${every}]))`,
              legend: "{{programme}} {{stage}}",
            },
          ],
          text: "fast: one look was enough. Programmes without a certified band ask both readers for every case.",
        },
        {
          title: "Why",
          kind: "lines",
          unit: "cps",
          lines: [{ expr: `topk(8, sum by (reason) (rate(screen_decisions_total[${every}])))`, legend: "{{reason}}" }],
          text: "The reason of each decision, as it is in the record. Many `ungradable`: the camera or its lens.",
        },
      ],
    },
    {
      title: "Second looks",
      panels: [
        {
          title: "Share of cases in the band",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: `sum by (programme) (rate(screen_band_cases_total[${every}])) / sum by (programme) (rate(screen_cases_accepted_total[${every}]))`,
              legend: "{{programme}}",
            },
          ],
          quiet: "no case fell into the band of uncertainty",
          text: "Cases that the fast reader left to the fine one; compare with models/<programme>/evaluation.json. More of them cost more time.",
        },
        {
          title: "What became of second looks",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (result) (rate(screen_second_looks_total[${every}]))`, legend: "{{result}}" }],
          quiet: "no case fell into the band of uncertainty",
          text: "now: at once; pending: left for later; later: done then; person: nobody could, a person decides. `person` above 0: the fine reader was away too long.",
        },
        {
          title: "Provisional cases",
          kind: "lines",
          unit: "short",
          lines: [{ expr: "max(screen_second_looks_pending)", legend: "waiting" }],
          warn: 10,
          bad: 100,
          text: "Of all servers of the database. Growing for 15 min fires an alert: look at Capacity for nodes that hold the fine reader.",
        },
        {
          title: "What a second look must be worth",
          kind: "lines",
          unit: "short",
          decimals: 3,
          lines: [{ expr: "screen_second_look_price", legend: "{{instance}}" }],
          text: "0: every second look is done at once. With SECOND_LOOKS=by-load it rises with the load, and cases worth less wait.",
        },
      ],
    },
    {
      title: "Agreement",
      panels: [
        {
          title: "Both readers agree",
          kind: "lines",
          unit: "percentunit",
          max: 1,
          lines: [
            {
              expr: `1 - (sum by (programme) (rate(screen_stage_comparisons_total{agree="false"}[${every}])) or 0 * sum by (programme) (rate(screen_stage_comparisons_total[${every}]))) / sum by (programme) (rate(screen_stage_comparisons_total[${every}]))`,
              legend: "{{programme}}",
            },
          ],
          quiet: "no case was read by both readers",
          text: "Of cases that both read. In a cascade those are the hard ones, so this is lower than over all cases. A fall against last week fires an alert.",
        },
        {
          title: "Distance between both readers",
          kind: "lines",
          unit: "percentunit",
          lines: [
            { expr: quantile(0.5, "screen_stage_score_delta"), legend: "p50" },
            { expr: quantile(0.95, "screen_stage_score_delta"), legend: "p95" },
          ],
          quiet: "no case was read by both readers",
          text: "Of calibrated probabilities. Rises before agreement falls.",
        },
        {
          title: "Probabilities of the fast reader",
          kind: "heat",
          unit: "percentunit",
          lines: [{ expr: `sum by (le) (increase(screen_score_bucket{reader="fast"}[${every}]))`, legend: "{{le}}" }],
          text: "All programmes. A band that moves: other pictures, or another release.",
        },
        {
          title: "Probabilities of the fine reader",
          kind: "heat",
          unit: "percentunit",
          lines: [{ expr: `sum by (le) (increase(screen_score_bucket{reader="fine"}[${every}]))`, legend: "{{le}}" }],
          quiet: "no case was read by the fine reader",
          text: "Of cases that it was asked for.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const shedding = {
  uid: "fovea-shedding",
  title: "Fovea: refused, cancelled and asked again",
  text: "What the system does not take on, and what it does twice. Accepted cases are never dropped to make room.",
  rows: [
    {
      title: "Refused",
      panels: [
        {
          title: "Shed load by status",
          kind: "stack",
          unit: "reqps",
          lines: [
            {
              expr: `sum by (code) (rate(screen_http_requests_total{${asked},code=~"429|503|504"}[${every}]))`,
              legend: "{{code}}",
            },
          ],
          quiet: "nothing was shed",
          text: "429: a queue or a caller's limit is full. 503: something is away. 504: no time was left. See Capacity.",
        },
        {
          title: "Shed load by reason",
          kind: "stack",
          unit: "reqps",
          lines: [
            {
              expr: `sum by (code) (rate(screen_rejected_total{code=~"queue-full|rate-limited|too-many-bytes-in-flight|engine-not-ready|engine-lost|draining|pack-not-installed|model-not-loaded|store-unavailable|deadline-exceeded|deadline-unmeetable"}[${every}]))`,
              legend: "{{code}}",
            },
          ],
          quiet: "nothing was shed",
          text: "queue-full: add nodes. rate-limited: one caller alone. store-unavailable: the database. deadline-*: callers ask for less time than there is.",
        },
        {
          title: "Told to come back after",
          kind: "lines",
          unit: "s",
          lines: [
            { expr: quantile(0.5, "screen_retry_after_seconds", "code"), legend: "{{code}} p50" },
            { expr: quantile(0.95, "screen_retry_after_seconds", "code"), legend: "{{code}} p95" },
          ],
          quiet: "nobody was told to come back",
          text: "The Retry-After of 429 and 503. Callers that come back sooner make it worse: look at their clients.",
        },
        {
          title: "Share that was shed",
          kind: "lines",
          unit: "percentunit",
          lines: [
            {
              expr: `(sum(rate(screen_http_requests_total{${asked},code=~"429|503|504"}[${every}])) or vector(0)) / ${all}`,
              legend: "shed",
            },
          ],
          warn: 0.01,
          bad: 0.05,
          text: "Above 5 % for ten minutes an alert fires.",
        },
      ],
    },
    {
      title: "Cancelled and repeated",
      panels: [
        {
          title: "Clients that hung up",
          kind: "lines",
          unit: "reqps",
          lines: [{ expr: `sum(rate(screen_cancelled_total[${every}]))`, legend: "hung up" }],
          text: "Their work leaves the queue at once. Many: their own time-outs are shorter than our answers take.",
        },
        {
          title: "How accepted cases ended",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (result) (rate(screen_cases_settled_total[${every}]))`, legend: "{{result}}" }],
          text: "failed: accepted and not decided; its caller got a problem. Compare with the codes above.",
        },
        {
          title: "Second attempts at another node",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (cause) (rate(screen_node_retries_total[${every}]))`, legend: "{{cause}}" }],
          quiet: "no node failed",
          text: "busy: a node took no more, so another one was asked; lost and the rest: a node failed. Many: add nodes, see Capacity.",
        },
        {
          title: "Late answers for which a second node was asked",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (result) (rate(screen_node_hedges_total[${every}]))`, legend: "{{result}}" }],
          text: "won: the second was sooner. At most one in twenty is asked twice. Many wins: one node is slow.",
        },
      ],
    },
  ],
};

/** @type {Dashboard} */
const records = {
  uid: "fovea-records",
  title: "Fovea: batches, records and leadership",
  text: "Work of the night, and what is kept. Counts of the database are the same on every server: the largest is shown.",
  rows: [
    {
      title: "Batches",
      panels: [
        {
          title: "Batches that run",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "max(screen_batches_open)", legend: "open" }],
          text: "Of the whole database. GET /v1/batches lists them.",
        },
        {
          title: "Age of the oldest",
          kind: "stat",
          unit: "s",
          lines: [{ expr: "max(screen_batch_oldest_age_seconds)", legend: "oldest" }],
          text: "Since it was posted. Old and not moving: see the rate beside it.",
        },
        {
          title: "Items that are not settled",
          kind: "stack",
          unit: "short",
          lines: [{ expr: "max by (state) (screen_batch_items_open)", legend: "{{state}}" }],
          text: "leased: a server works on it. Queued and none leased: no server accepts cases.",
        },
        {
          title: "Items a second, by what became of them",
          kind: "stack",
          unit: "cps",
          lines: [{ expr: `sum by (result) (rate(screen_batch_items_total[${every}]))`, legend: "{{result}}" }],
          text: "failed: another try would not help. dead: tried eight times. retried and released come again. GET /v1/batches/{id}/results says why.",
        },
      ],
    },
    {
      title: "Records",
      panels: [
        {
          title: "Audit chain",
          kind: "stat",
          unit: "short",
          lines: [{ expr: "min(screen_audit_intact)", legend: "whole" }],
          warn: 1,
          bad: 0,
          low: true,
          quiet: "the leader verifies it first after a minute",
          text: "1: every entry follows from the one before. 0: entries were altered or are missing. Stop, keep the database as it is, run `fovea audit verify`.",
        },
        {
          title: "Since the chain was verified",
          kind: "stat",
          unit: "s",
          lines: [{ expr: "time() - max(screen_audit_verified_timestamp_seconds)", legend: "ago" }],
          warn: 43_200,
          bad: 86_400,
          quiet: "the leader verifies it first after a minute",
          text: "The leader does it every 6 h. Above a day: there is no leader, or the database is too slow.",
        },
        {
          title: "Writing a record (p95)",
          kind: "lines",
          unit: "s",
          lines: [{ expr: quantile(0.95, "screen_stage_duration_seconds", "", 'stage="store"'), legend: "p95" }],
          warn: 0.25,
          bad: 1,
          text: "Until the case would survive a crash. Above 0.25 s: the database or its disk.",
        },
        {
          title: "Who leads",
          kind: "lines",
          unit: "short",
          lines: [
            { expr: "sum by (role) (screen_leader)", legend: "{{role}}: leaders" },
            { expr: "screen_leader", legend: "{{instance}}" },
          ],
          text: "Exactly one at all times, but for seconds after it ended. 0: the database is away. 2: two databases, or a fault to report.",
        },
      ],
    },
  ],
};

/** @type {readonly Dashboard[]} */
export const dashboards = [service, stages, capacity, batching, cascade, shedding, records];

import handle from "../../dist/workers/infer.worker.js";

const ordered = (message, order) =>
  message.kind === "batch" &&
  message.images.some((image) => "bytes" in image && Buffer.from(image.bytes).includes(order));

export default async function faulty(message) {
  if (ordered(message, "ORDER-ABORT")) process.kill(process.pid, "SIGABRT");
  if (ordered(message, "ORDER-THROW")) throw new Error("a defect");
  if (ordered(message, "ORDER-HANG")) for (;;);
  return handle(message);
}

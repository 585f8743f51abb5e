// Wires that can be harmed: toxiproxy's, and one that cuts PostgreSQL's answers to COMMIT.

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, request } from "node:http";
import { connect, createServer } from "node:net";

/** One wire through toxiproxy to `target` (host:port). */
export async function openProxy(toxiproxyUrl, target) {
  const ask = async (method, path, body) => {
    const answer = await fetch(`${toxiproxyUrl}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`toxiproxy answered ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const name = `faults-${randomBytes(6).toString("hex")}`;
  const { listen } = await ask("POST", "/proxies", { name, listen: "127.0.0.1:0", upstream: target, enabled: true });
  return {
    port: Number(listen.slice(listen.lastIndexOf(":") + 1)),
    /** @param stream `upstream`: from us to the server; `downstream`: from the server to us */
    harm: (type, attributes, { stream = "downstream", toxicity = 1 } = {}) =>
      ask("POST", `/proxies/${name}/toxics`, { type, stream, toxicity, attributes }),
    mend: async () => {
      for (const toxic of await ask("GET", `/proxies/${name}/toxics`))
        await ask("DELETE", `/proxies/${name}/toxics/${toxic.name}`);
      await ask("POST", `/proxies/${name}`, { enabled: true, listen, upstream: target });
    },
    /** Every connection ends, and none is accepted. */
    cut: () => ask("POST", `/proxies/${name}`, { enabled: false, listen, upstream: target }),
    close: () => ask("DELETE", `/proxies/${name}`),
  };
}

const serverFault =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>';

/** A wire for HTTP to `target` (host:port) on which, once `fail` was called, every request is answered with 500. */
export async function openFailingHttp(target) {
  const { hostname, port } = new URL(`http://${target}`);
  let failing = false;
  let failed = 0;
  const server = createHttpServer((asked, answer) => {
    if (failing) {
      failed++;
      asked.resume().once("end", () => answer.writeHead(500, { "content-type": "application/xml" }).end(serverFault));
      return;
    }
    const { method, url: path, headers } = asked;
    const onward = request({ hostname, port, method, path, headers }, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      reply.once("error", () => answer.destroy()).pipe(answer);
    });
    // What breaks on one side breaks on the other: nobody is told more than what came.
    onward.once("error", () => answer.destroy());
    answer.once("close", () => onward.destroy());
    asked.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    fail: () => {
      failing = true;
    },
    /** @returns how many requests were answered so */
    mend: () => {
      failing = false;
      return failed;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const commitText = /^commit;?$/i;

/**
 * A wire to PostgreSQL that sees commits go by. Once `arm` was called, the next commits are let through to the server,
 * and when its answer comes back, so that they are done, the client gets a reset instead of it.
 */
export async function openCommitCutter(target) {
  let armed = 0;
  let cuts = 0;
  let commits = 0;
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    let doomed = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.once("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    const messages = messageReader((type, body) => {
      if (type !== "Q" || !commitText.test(body.toString("utf8").replace(/\0$/, "").trim())) return;
      commits++;
      if (armed > 0) {
        armed--;
        doomed = true;
      }
    });
    near.on("data", (chunk) => {
      messages(chunk);
      far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (!doomed) return near.write(chunk);
      // The server has answered: it is committed, and the client will never hear of it.
      cuts++;
      near.resetAndDestroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: server.address().port,
    arm: (many) => {
      armed = many;
    },
    counts: () => ({ commits, cuts }),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Calls back for each message that a client sends; the first one has no type and is passed over. */
function messageReader(found) {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const head = isFirst ? 0 : 1;
      if (rest.length < head + 4) return;
      const bytes = head + rest.readUInt32BE(head);
      if (rest.length < bytes) return;
      if (!isFirst) found(String.fromCharCode(rest[0]), rest.subarray(5, bytes));
      isFirst = false;
      rest = rest.subarray(bytes);
    }
  };
}

// BokehJS and live.js, one a page and version, however many views: the first view asks the kernel for them.

export const CLOSED = "the view that asked has gone";

// What live.js exports, as soon as BokehJS is there; throws CLOSED where the view that asked has gone.
export async function drawing(model, signal) {
  const version = model.get("_version");
  const pending = (globalThis.__symgradLive ??= {});
  while (!signal.aborted) {
    pending[version] ??= asked(model, "live", version, signal);
    try {
      return await pending[version];
    } catch (error) {
      delete pending[version];
      if (error !== CLOSED) throw error;
    }
  }
  throw CLOSED;
}

// Ask Python, and ask again, ever less often, until the answer has come: a connection that breaks loses messages.
export function ask(model, want, come, signal, pause = 5_000) {
  if (signal.aborted || come() || model.comm_live === false) return;
  model.send({ want });
  const again = setTimeout(() => ask(model, want, come, signal, 2 * pause), pause);
  signal.addEventListener("abort", () => clearTimeout(again)); // which would keep the view until then
}

// A module that Python is asked for by name, and answers with [name] = value.
export function asked(model, name, value, signal) {
  let come = false;
  return new Promise((resolve, reject) => {
    const got = async (message, buffers) => {
      if (message[name] !== value) return;
      come = true;
      model.off("msg:custom", got);
      const url = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
      import(url).then(resolve, reject).finally(() => URL.revokeObjectURL(url));
    };
    signal.addEventListener("abort", () => { model.off("msg:custom", got); reject(CLOSED); });
    model.on("msg:custom", got);
    ask(model, name, () => come, signal);
  });
}

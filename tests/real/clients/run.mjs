// Runs scenarios of one client program: `node run.mjs openai MODEL=plain,stream …`, one line of JSON for each on standard output.

// The libraries count as the number of their tries the calls of `fetch`.
const { fetch } = globalThis;
let tries = 0;
globalThis.fetch = (...request) => {
  tries += 1;
  return fetch(...request);
};
// Hints for developers are not what a scenario saw.
globalThis.AI_SDK_LOG_WARNINGS = false;

// What a person sees of an exception.
function failure(error) {
  const cause = error.lastError ?? error;
  return {
    class: error.name === "Error" ? error.constructor.name : error.name,
    status: cause.status ?? cause.statusCode ?? null,
    code: cause.code ?? null,
    message: error.message,
    tries,
  };
}

const [client, ...jobs] = process.argv.slice(2);
const { scenarios } = await import(`./${client}.mjs`);

for (const job of jobs) {
  const at = job.lastIndexOf("=");
  const model = at < 0 ? process.env.BYOKC_MODEL : job.slice(0, at);
  for (const scenario of job.slice(at + 1).split(",")) {
    const line = { client: `${client}.mjs`, model, scenario };
    const start = performance.now();
    tries = 0;
    try {
      Object.assign(line, await scenarios[scenario](model));
    } catch (error) {
      line.error = failure(error);
    }
    line.ms = Math.round(performance.now() - start);
    console.log(JSON.stringify(line));
  }
}

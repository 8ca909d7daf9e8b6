// What must reach the server, told to nobody on this phone: tried again for as long as it takes.
import { post, randomId, RequestRefused, wait } from "#kit/http";

/** The server has read it and will say the same the next time. */
const final = new Set([400, 404, 409, 422]);
const longestPause = 3000;

/** Done when the server has it, or will never take it. `body` is made anew for each try. */
export async function deliver(url: string, body: () => unknown): Promise<void> {
  const key = randomId();
  for (let attempt = 0; ; attempt++) {
    try {
      await post(url, body(), { key, tries: 1, timeout: 4000, keepalive: true });
      return;
    } catch (problem) {
      if (problem instanceof RequestRefused && final.has(problem.status)) return;
      await wait(Math.min(250 * 2 ** attempt, longestPause));
    }
  }
}

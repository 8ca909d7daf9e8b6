// "Exit this page": the server first, then away. It never waits longer than a glance.
import { post } from "#kit/http";

const patience = 300;

export function startExit(leaveUrl: string): void {
  for (const exit of document.querySelectorAll<HTMLAnchorElement>("[data-exit]")) {
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      // Whoever stands behind her sees an empty page from this moment on.
      document.body.hidden = true;
      // After the end the server knows nobody by this phone any more.
      const left = document.body.dataset.over !== undefined;
      const leaving = left ? Promise.resolve() : post(leaveUrl, {}, { keepalive: true, tries: 1 }).catch(() => undefined);
      const enough = new Promise((resolve) => setTimeout(resolve, patience));
      void Promise.race([leaving, enough]).then(() => location.replace(exit.href));
    });
  }
}

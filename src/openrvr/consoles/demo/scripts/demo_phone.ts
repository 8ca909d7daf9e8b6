// The demo's phone: new texts appear at the bottom, as on any phone. It asks each second; it is nobody's real phone.

const texts = document.getElementById("texts")!;
let shown = texts.innerHTML;

async function look(): Promise<void> {
  const answer = await fetch(texts.dataset.from!, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = await answer.text();
  if (fresh.trim() === shown.trim()) return;
  shown = fresh;
  texts.innerHTML = fresh;
  scrollToNewest();
}

function scrollToNewest(): void {
  texts.scrollTop = texts.scrollHeight;
}

const lookIfSeen = (): void => {
  if (!document.hidden) void look();
};

scrollToNewest();
setInterval(lookIfSeen, 1000);
document.addEventListener("visibilitychange", lookIfSeen);

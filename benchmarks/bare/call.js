// Two RTCPeerConnections and a socket between them. The cameras ask for the same as OpenRVR's.
const picture = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 }, facingMode: "user" };
const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const byId = (id) => document.getElementById(id);
const socket = new WebSocket(`ws://${location.host}/meet`);
const say = (message) => socket.send(JSON.stringify(message));
let camera;
let pc;

function begin() {
  pc?.close();
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.onicecandidate = ({ candidate }) => candidate && say({ candidate });
  pc.ontrack = ({ streams }) => (byId("remote-video").srcObject = streams[0]);
  for (const track of camera.getTracks()) pc.addTrack(track, camera);
}

async function describe() {
  await pc.setLocalDescription();
  say({ description: pc.localDescription });
}

async function hear({ description, candidate }) {
  if (candidate) return pc.addIceCandidate(candidate);
  if (description.type === "offer") begin();
  await pc.setRemoteDescription(description);
  if (description.type === "offer") await describe();
}

let inOrder = Promise.resolve();
socket.onmessage = ({ data }) => (inOrder = inOrder.then(() => hear(JSON.parse(data))));
byId("open-camera").onclick = async () => {
  camera = await navigator.mediaDevices.getUserMedia({ video: picture, audio: sound });
};
byId("answer")?.addEventListener("click", () => {
  begin();
  void describe();
});

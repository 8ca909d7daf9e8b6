// A page that sends and receives by a node, and is told by the benchmark what to agree upon.
const gathered = (pc) =>
  new Promise((done) => {
    const look = () => pc.iceGatheringState === "complete" && done(pc.localDescription.sdp);
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
let up;
let down;

async function offersItself(limit) {
  up = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  for (const track of camera.getTracks()) up.addTrack(track, camera);
  await up.setLocalDescription();
  const sender = up.getSenders().find(({ track }) => track.kind === "video");
  const parameters = sender.getParameters();
  parameters.encodings[0].maxBitrate = limit;
  await sender.setParameters(parameters);
  return gathered(up);
}

const isHeard = (sdp) => up.setRemoteDescription({ type: "answer", sdp });

async function receives(sdp) {
  down = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  down.ontrack = ({ streams }) => (document.getElementById("remote-video").srcObject = streams[0]);
  await down.setRemoteDescription({ type: "offer", sdp });
  await down.setLocalDescription();
  return gathered(down);
}

function goes() {
  up.close();
  down.close();
}

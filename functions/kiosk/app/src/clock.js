// How far the clock of this device is from the server's, and when a tap was.
import { session } from "./config.js";

// now holds the best measurement of this session: skew and error in ms
// (server's clock = ours + skew ± error), and when it was taken.
export let now = null;

export const known = () => now !== null;

// measure takes the server's time of an answer that took from began to ended
// (performance.now). Half the round trip is the largest error. The finest
// measurement of half an hour stays, unless the clock was set in between.
export function measure(server, began, ended) {
  const error = (ended - began) / 2, at = performance.now();
  const skew = server + (at - ended) + error - Date.now();
  const moved = now && Math.abs(skew - now.skew) > error + now.error;
  if (!now || moved || error <= now.error || at - now.at > 18e5) now = { skew, error, at };
}

// stamp is what a tap remembers of both clocks.
export const stamp = () => ({ tap: Date.now(), mono: performance.now(), session, skew: now && now.skew });

// submitted is the server's time of a tap, in ms. The wall clock tells it, put
// right by its skew, unless it was set since the tap: then the time that has
// passed in this session does. A device that slept shows the same jump as one
// whose clock was set forward, but its skew stays as it was.
export function submitted(s) {
  // Of another session only its own measurement tells: the clock may have been
  // set at the start of this one.
  if (s.session !== session) return s.tap + (s.skew ?? now.skew);
  const wall = s.tap + now.skew;
  const passed = Date.now() + now.skew - (performance.now() - s.mono);
  if (Math.abs(wall - passed) < 2000) return wall;
  const slept = wall < passed && s.skew !== null && Math.abs(s.skew - now.skew) < 5000;
  return slept ? wall : passed;
}

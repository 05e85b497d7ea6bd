// How far the clock of this device is from the server's, and when a tap was.
import { session } from "./config.js";

// now holds the best measurement of this session: skew and error in ms
// (server's clock = ours + skew ± error), and when it was taken.
export let now = null;
let ahead = 0; // of the wall clock before performance.now, when it was measured last

export const known = () => now !== null;

// trusted is false from when the clock was set, or the device slept, until the
// next measurement.
export const trusted = () => now !== null && Math.abs(Date.now() - performance.now() - ahead) < 2000;

// measure takes the server's time of an answer that took from began to ended
// (performance.now). Half the round trip is the largest error. The finest
// measurement of half an hour stays, unless the clock was set in between.
export function measure(server, began, ended) {
  const error = (ended - began) / 2, at = performance.now();
  ahead = Date.now() - at;
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
  if (s.session !== session) return s.skew === null ? unmeasured(s.tap) : s.tap + s.skew;
  const wall = s.tap + now.skew;
  const passed = Date.now() + now.skew - (performance.now() - s.mono);
  if (Math.abs(wall - passed) < 2000) return wall;
  const slept = wall < passed && s.skew !== null && Math.abs(s.skew - now.skew) < 5000;
  return slept ? wall : passed;
}

// unmeasured is the time of a tap of a session that never heard the server's:
// what its clock said, unless that is in the future or more than a year ago. Such
// a clock was not set: of its taps is known that they came before this session,
// and how far apart.
function unmeasured(tap) {
  const here = Date.now() + now.skew, at = tap + now.skew;
  return at - here < 6e4 && here - at < 4e10 ? at : here - performance.now() - 864e5 + (tap % 864e5);
}

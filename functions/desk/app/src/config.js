// What the server baked into the page.
export const config = JSON.parse(document.getElementById("desk").textContent);

// home is the address of the desk: where sign-in comes back to.
export const home = location.origin + location.pathname;

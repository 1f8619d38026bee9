"use strict";
// Shows what wakes a person, and opens the console when it is touched. It keeps nothing: no page, no data; a page
// that is out of date would be worse here than none.

const HOME = "/antrean";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

function told(data) {
  try {
    const { title, text, link, urgent } = data.json();
    return { title: String(title), text: String(text), link: here(link), urgent: urgent === true };
  } catch {
    // A push without a notification would cost the permission: browsers count them.
    return { title: "Gerbang", text: "Ada yang menunggu Anda.", link: HOME, urgent: true };
  }
}

// A path of this very console, however its name is spelt in the message (localhost, 127.0.0.1, the city's).
function here(link) {
  try {
    return new URL(String(link), self.location.origin).pathname;
  } catch {
    return HOME;
  }
}

self.addEventListener("push", (event) => {
  const { title, text, link, urgent } = told(event.data);
  event.waitUntil(
    self.registration.showNotification(title, {
      body: text,
      tag: link, // a reminder takes the place of what it reminds of
      renotify: true,
      requireInteraction: urgent,
      data: { link },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.link ?? HOME));
});

async function open(link) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => new URL(each.url).pathname === link);
  if (there) return there.focus();
  // A window in which somebody may be writing is left alone.
  return self.clients.openWindow(self.location.origin + link); // a path that begins with // would be another house
}

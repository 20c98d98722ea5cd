// Told by the node while no page of it is open: Web Push, as this browser was asked to (Settings, Whom you hear).
self.addEventListener("push", (event) => {
  const told = event.data.json();
  const look = { body: told.body, icon: told.icon, tag: String(told.notification_id) };
  event.waitUntil(self.registration.showNotification(told.title, look));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/notifications"));
});

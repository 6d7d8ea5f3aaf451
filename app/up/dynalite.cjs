// Loaded into dynalite before it starts: it ends itself when a client dies in the middle of a request, and with it everybody's table.
process.on("uncaughtException", (error) => {
  if (error.code === "ECONNRESET" || error.code === "EPIPE") return; // that client's request is void, nothing else
  console.error(error);
  process.exit(1);
});

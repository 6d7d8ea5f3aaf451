// Loaded into dynalite before it starts, to mend what it lacks as the server of a whole IAST.
const { createRequire } = require("node:module");

// It ends itself when a client dies in the middle of a request, and with it everybody's table.
process.on("uncaughtException", (error) => {
  if (error.code === "ECONNRESET" || error.code === "EPIPE") return; // that client's request is void, nothing else
  console.error(error);
  process.exit(1);
});

// It hands each read to a thread, three for an update, and waking one takes longer than LevelDB over what it has in memory.
const { Level } = createRequire(process.argv[1])("level");
const readInThread = Level.prototype.get;
Level.prototype.get = async function (key) {
  return this.status === "open" ? this.getSync(key) : readInThread.call(this, key);
};

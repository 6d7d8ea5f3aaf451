// Loaded into dynalite before it starts, to mend what it lacks as the server of a whole IAST.
const { createRequire } = require("node:module");

// It ends itself when a client dies in the middle of a request, and with it everybody's table.
process.on("uncaughtException", (error) => {
  if (error.code === "ECONNRESET" || error.code === "EPIPE") return; // that client's request is void, nothing else
  console.error(error);
  process.exit(1);
});

// It hands each read and each write to a thread, six for an update, and waking one takes longer than LevelDB over the work. So what
// is read is read at once, and what is written while a write is under way goes together in the next. It answers when that is done.
const { Level } = createRequire(process.argv[1])("level");
const readInThread = Level.prototype.get;
const writeAll = Level.prototype.batch;
let waiting = [];
let writing = false;

Level.prototype.get = async function (key) {
  return this.status === "open" ? this.getSync(key) : readInThread.call(this, key);
};
Level.prototype.put = function (key, value) {
  return write(this, { type: "put", key, value });
};
Level.prototype.del = function (key) {
  return write(this, { type: "del", key });
};

function write(db, operation) {
  return new Promise((done, failed) => {
    waiting.push({ operation, done, failed });
    if (!writing) writeWaiting(db);
  });
}

async function writeWaiting(db) {
  writing = true;
  while (waiting.length) {
    const some = waiting;
    waiting = [];
    try {
      await writeAll.call(db, some.map((one) => one.operation));
      some.forEach((one) => one.done());
    } catch (error) {
      some.forEach((one) => one.failed(error));
    }
  }
  writing = false;
}

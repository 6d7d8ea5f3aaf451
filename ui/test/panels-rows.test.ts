import { expect, test } from "vitest";
import type { Item } from "../src/api";
import { Rows, type Query } from "../src/panels/rows";

const item = (n: number) => ({ n, key: `K${n}` }) as Item;
const settled = () => new Promise((done) => setTimeout(done));

test("a jump into a long run is one request", async () => {
  const asked: Query[] = [];
  const rows = new Rows(async (query) => {
    asked.push(query);
    return { items: [item(query.start!), item(query.start! + 1)], next: null };
  });
  rows.want(80_010, 80_030);
  await settled();
  expect(asked).toEqual([{ start: 80_000, limit: 200 }]);
  expect(rows.at(80_001)?.key).toBe("K80001");
  rows.want(80_020, 80_040);
  expect(asked.length).toBe(1);
});

test("a filter is read in order, as far as it is looked at", async () => {
  const asked: Query[] = [];
  const rows = new Rows(
    async (query) => {
      asked.push(query);
      const from = Number(query.cursor ?? 0);
      return { items: Array.from({ length: query.limit! }, (_, i) => item(from + i)), next: String(from + query.limit!) };
    },
    { status: "failed" },
  );
  rows.want(0, 20);
  await settled();
  expect(asked.length).toBe(1);
  rows.want(500, 520);
  await settled();
  expect(asked.map(({ status, cursor }) => [status, cursor])).toEqual([["failed", undefined], ["failed", "200"]]);
  expect(rows.known).toBe(1200);
});

test("a fault is told, and the rows are asked for again", async () => {
  let down = true;
  const rows = new Rows(async () => {
    if (down) throw new Error("The server does not answer.");
    return { items: [item(0)], next: null };
  });
  rows.want(0, 0);
  await settled();
  expect(rows.trouble.value).toBe("The server does not answer.");
  down = false;
  rows.want(0, 0);
  await settled();
  expect([rows.trouble.value, rows.at(0)?.key]).toEqual(["", "K0"]);
});

test("a refresh while rows are on their way shows none of them twice", async () => {
  const rows = new Rows(async () => ({ items: [item(7)], next: null }), { status: "refused" });
  rows.want(0, 20);
  await rows.refresh(0, 20);
  await settled();
  expect(rows.known).toBe(1);
});

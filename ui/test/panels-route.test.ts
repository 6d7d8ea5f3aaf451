import { expect, test } from "vitest";
import { hashOf, parse, type Route } from "../src/panels/route";

test("an address says what is shown, and what is shown says the address", () => {
  const routes: Route[] = [
    { page: "new", ast: "policy_inquiry" }, { page: "runs" }, { page: "run", run: "r-1", item: undefined }, { page: "run", run: "r-1", item: 0 },
    { page: "waiting" }, { page: "schedules", schedule: "c-1" }, { page: "schedules", schedule: undefined }, { page: "launchers", launch: "l-1" }, { page: "launchers", launch: undefined }, { page: "hosts" }, { page: "usage" },
  ];
  expect(routes.map((route) => parse(hashOf(route)))).toEqual(routes);
});

test("an address that means nothing shows the form", () => {
  expect(["", "#", "#/nothing/x", "#/%"].map(parse)).toEqual(Array(4).fill({ page: "new", ast: undefined }));
});

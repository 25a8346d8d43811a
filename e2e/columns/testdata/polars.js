// Copyright © 2026 The conduit-connector-s3 authors.
// SPDX-License-Identifier: Apache-2.0

// Reads folders of Parquet with Polars. Each line of standard input asks for
// one, each line of standard output answers:
//
//   {"folder": …, "out": …, "leaves": [{"path": […], "compare": …}]}
//   {"error": …, "lost": […]}
//
// All files are read in two ways: as a scan of the folder, which has the columns
// of the first file and converts no value, and as the union of the files, which
// has the columns of all and is written to out. Leaves are columns that predicates
// are made of, from values if these can be compared. Lost are the predicates that
// do not find all rows that they hold for.

"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const pl = require(process.argv[2]);

const asTheFirst = {
  missingColumns: "insert",
  extraColumns: "ignore",
  castOptions: { missingStructFields: "insert", extraStructFields: "ignore" },
};

function columnOf(leaf) {
  return leaf.path.slice(1).reduce((column, name) => column.struct.field(name), pl.col(leaf.path[0]));
}

// some values out of too many.
function some(all) {
  return all.length <= 2 ? all : [all[0], all[all.length - 1]];
}

function predicatesOf(leaf, column, table) {
  const predicates = { "IS NULL": column.isNull(), "IS NOT NULL": column.isNotNull() };
  if (!leaf.compare) return predicates;
  const values = table.select(column.alias("v")).getColumn("v").dropNulls().unique().toArray();
  for (const v of some(values)) {
    predicates[`= ${v}`] = column.eq(pl.lit(v));
    if (typeof v !== "boolean") {
      predicates[`< ${v}`] = column.lt(pl.lit(v));
      predicates[`> ${v}`] = column.gt(pl.lit(v));
    }
  }
  return predicates;
}

function lostRows(union, table, leaves) {
  const lost = [];
  for (const leaf of leaves) {
    for (const [text, predicate] of Object.entries(predicatesOf(leaf, columnOf(leaf), table))) {
      const found = union().filter(predicate).collectSync().height;
      const there = table.filter(predicate).height;
      if (found !== there) lost.push(`${leaf.path.join(".")} ${text}: ${found} rows of ${there}`);
    }
  }
  return lost;
}

function read({ folder, out, leaves }) {
  pl.scanParquet(path.join(folder, "*.parquet"), asTheFirst).collectSync();
  const files = fs.readdirSync(folder).sort().map((name) => path.join(folder, name));
  const union = () => pl.concat(files.map((file) => pl.scanParquet(file)), { how: "diagonalRelaxed" });
  const table = union().collectSync();
  table.writeParquet(out);
  return { lost: lostRows(union, table, leaves) };
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try {
    answer = read(JSON.parse(line));
  } catch (err) {
    answer = { error: err.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

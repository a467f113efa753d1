// node duckdb.mjs KNOWN.csv ASKED.txt ROUNDS: a semi-join of two files' tokens, one line "seconds count" a round.
// The known people are a table already; the asked file is read and the usable lines are written to another.
import { createRequire } from 'node:module';
import { writeFileSync, readFileSync } from 'node:fs';
const { DuckDBInstance } = createRequire(process.env.ISHI_DUCKDB_HOME + '/')('@duckdb/node-api');
const [known, asked, rounds] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`create table known as select token, code from read_csv('${known}', columns={'token':'varchar','code':'utinyint'}, header=true)`);
for (let round = 0; round < Number(rounds); round++) {
  const start = process.hrtime.bigint();
  await connection.run(`copy (select token from read_csv('${asked}', columns={'token':'varchar'}, header=false) semi join
    (select token from known where code = 0) using (token)) to '${asked}.usable' (format csv, header false)`);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const text = readFileSync(`${asked}.usable`, 'latin1');
  console.log(seconds, text.split('\n').length - 1);
}

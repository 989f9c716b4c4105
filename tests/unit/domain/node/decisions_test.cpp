// SPDX-License-Identifier: Apache-2.0
//
// The decision tables of a node's supervisors, row by row: a row that no case reaches is a failure of its test.
#include <alys/domain/chain/chain_decisions.hpp>
#include <alys/domain/node/node_decisions.hpp>
#include <alys/domain/storage/storage_decisions.hpp>

#include <alys/actors/fault.hpp>

#include <catch2/catch.hpp>

#include <vector>

using namespace alys::domain;
using alys::action;
using alys::category;
using alys::fail;

namespace {

struct decided {
  alys::error what;
  action then;
};

// Each case must be decided as it says, and each row of the table must decide at least one.
void hold(std::span<const alys::row> table, const std::vector<decided>& cases) {
  std::vector<bool> reached(table.size(), false);
  for (const decided& each : cases) {
    INFO(each.what.message());
    const auto made = alys::decide({}, table, alys::failure{.what = each.what, .path = "/root/some/child", .incarnation = 1});
    CHECK(made.then == each.then);
    CHECK_FALSE(made.adjusted);
    if (made.by == alys::decided_by::supervisor_table) reached[made.row] = true;
  }
  for (std::size_t i = 0; i < table.size(); ++i) {
    INFO("row " << i << " has no case");
    CHECK(reached[i]);
  }
}

const alys::error unknown = fail(category::unknown, "an exception");
const alys::error bug = fail(category::logic, "a bug");
const alys::error other_corruption = fail(category::corruption, "of whatever");
const alys::error other_configuration = fail(category::configuration, "of whatever");
const alys::error grave = fail(alys::fault::disk_full, "no room");

} // namespace

TEST_CASE("storage gives up what it cannot trust and restarts from the rest") {
  hold(storage_decisions, {
                              {fail(store_error::damaged, "a record"), action::escalate},
                              {fail(store_error::io_failed, "a write"), action::escalate},
                              {fail(store_error::no_space, "a write"), action::escalate},
                              {fail(store_error::newer_schema, "9"), action::escalate},
                              {fail(store_error::not_consistent, "a batch"), action::escalate},
                              {other_corruption, action::escalate},
                              {other_configuration, action::escalate},
                              {grave, action::escalate},
                              {bug, action::escalate},
                              {unknown, action::restart},
                          });
}

TEST_CASE("the chain begins anew after trouble with engine and store and gives up what no restart mends") {
  hold(chain_decisions, {
                            {fail(chain_error::engine_unavailable, "syncing"), action::restart},
                            {fail(chain_error::not_stored, "a batch"), action::restart},
                            {fail(chain_error::other_chain, "of whatever"), action::escalate},
                            {fail(store_error::damaged, "a record"), action::escalate},
                            {fail(store_error::io_failed, "a read"), action::escalate},
                            {fail(store_error::no_space, "a write"), action::escalate},
                            {fail(store_error::not_consistent, "a batch"), action::escalate},
                            {other_corruption, action::escalate},
                            {other_configuration, action::escalate},
                            {grave, action::escalate},
                            {bug, action::escalate},
                            {fail(category::external, "the engine failed"), action::restart},
                            {unknown, action::restart},
                        });
}

TEST_CASE("the node restarts a domain alone unless no restart can mend it") {
  hold(node_decisions, {
                           {fail(store_error::damaged, "a record"), action::escalate},
                           {fail(store_error::io_failed, "a write"), action::escalate},
                           {fail(store_error::no_space, "a write"), action::escalate},
                           {fail(store_error::newer_schema, "9"), action::escalate},
                           {fail(store_error::not_consistent, "a batch"), action::escalate},
                           {fail(chain_error::other_chain, "of whatever"), action::escalate},
                           {other_corruption, action::escalate},
                           {other_configuration, action::escalate},
                           {grave, action::escalate},
                           {bug, action::restart},
                           {fail(alys::errc::budget_exhausted, category::unknown, "of a domain"), action::restart},
                           {unknown, action::restart},
                       });
}

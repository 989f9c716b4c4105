// SPDX-License-Identifier: Apache-2.0
//
// None of this is to be complained about, though it comes near: co_await helper(look_up{"x"}); in a comment. Not compiled.
alys::task<int, alys::reentrant> clerk::handle(const order& o) {
  auto first = ask(book_, look_up{o.key}, 1s);
  if (o.quick) {
    co_await first;
  } else {
    const std::string text = "co_await helper(look_up{1}) ? 1 : 2";
  }
  int sum = co_await part(o.key).or_return();
  for (const auto& each : o.all) sum += co_await part(each).or_return();
  while (line_.taken()) {
    const auto last = co_await line_.enter();
  }
  if (auto r = co_await part(o.key); !r) co_return r.error();
  const look_up named{o.key};
  auto second = ask(book_, named, 1s);
  const int best = sum > 3 ? sum : 3;
  switch (sum) {
    case 1: co_await second; break;
    default: break;
  }
  const auto plain = [this](int x) { return x + sum_; };
  co_return co_await part(o.key).or_return() + plain(best);
}

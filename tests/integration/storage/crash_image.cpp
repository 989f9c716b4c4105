// SPDX-License-Identifier: Apache-2.0
//
// Plays steps on files and folders that know what of them is durable.
#include "crash_image.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace alys::test {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t sector = 512;

struct entry;
using entry_ptr = std::shared_ptr<entry>;
using names = std::map<std::string, entry_ptr>;

struct write {
  std::size_t offset;
  std::string data;
};

// A name goes, a name comes, or both at once: a renaming happens as a whole or not at all, also one from folder to folder, which is a change of each
// of the two with the same number.
struct name_change {
  std::string gone;
  std::string come;
  entry_ptr what;
  std::size_t move = 0;            // from folder to folder; 0: it is none
  std::weak_ptr<entry> other = {}; // the other folder
};

// A file or a folder.
struct entry {
  bool folder = false;
  std::string durable;
  std::vector<write> written; // since the last sync
  std::size_t size = 0;       // with what was written
  names durable_names;
  std::vector<name_change> changed; // since the last sync
  names now;
};

void apply(names& to, const name_change& change) {
  if (!change.gone.empty()) to.erase(change.gone);
  if (!change.come.empty()) to[change.come] = change.what;
}

void apply(std::string& to, const write& one) {
  if (to.size() < one.offset + one.data.size()) to.resize(one.offset + one.data.size(), '\0');
  to.replace(one.offset, one.data.size(), one.data);
}

class model {
public:
  void play(const disk_step& step) {
    using kind = disk_step::kind;
    const fs::path path{step.path};
    switch (step.what) {
      case kind::make_folder: add(path, true); break;
      case kind::make_file: add(path, false); break;
      case kind::remove_folder:
      case kind::remove_file: change(path.parent_path(), {path.filename(), {}, {}}); break;
      case kind::rename: rename(path, step.target); break;
      case kind::append: put(*find(path), find(path)->size, step.data); break;
      case kind::overwrite:
        if (!find(path.parent_path())->now.contains(path.filename())) add(path, false);
        put(*find(path), 0, step.data);
        break;
      case kind::sync_file: sync_file(*find(path)); break;
      case kind::sync_folder: sync_folder(*find(path)); break;
    }
  }

  [[nodiscard]] const entry& root() const { return *root_; }

private:
  [[nodiscard]] entry_ptr find(const fs::path& path) const {
    entry_ptr at = root_;
    for (const fs::path& name : path) {
      const auto next = at->now.find(name);
      if (next == at->now.end()) throw std::logic_error("a step names what is not there: " + path.string());
      at = next->second;
    }
    return at;
  }

  void change(const fs::path& in, const name_change& what) const {
    const entry_ptr folder = find(in);
    apply(folder->now, what);
    folder->changed.push_back(what);
  }

  void rename(const fs::path& from, const fs::path& to) {
    const entry_ptr what = find(from);
    if (from.parent_path() == to.parent_path()) return change(from.parent_path(), {from.filename(), to.filename(), what});
    ++moves_;
    const entry_ptr source = find(from.parent_path());
    const entry_ptr target = find(to.parent_path());
    change(from.parent_path(), {from.filename(), {}, {}, moves_, target});
    change(to.parent_path(), {{}, to.filename(), what, moves_, source});
  }

  void add(const fs::path& path, bool folder) const {
    auto made = std::make_shared<entry>();
    made->folder = folder;
    change(path.parent_path(), {{}, path.filename(), std::move(made)});
  }

  static void put(entry& file, std::size_t offset, const std::string& data) {
    file.written.push_back({offset, data});
    file.size = std::max(file.size, offset + data.size());
  }

  static void sync_file(entry& file) {
    for (const write& each : file.written) apply(file.durable, each);
    file.written.clear();
  }

  // Half of a renaming is never durable, so the folders on both sides of one are.
  static void sync_folder(entry& folder) {
    folder.durable_names = folder.now;
    for (const name_change& each : std::exchange(folder.changed, {})) {
      if (const auto other = each.other.lock(); other && !other->changed.empty()) sync_folder(*other);
    }
  }

  entry_ptr root_ = [] {
    auto made = std::make_shared<entry>();
    made->folder = true;
    return made;
  }();
  std::size_t moves_ = 0;
};

class image {
public:
  image(kept what, std::mt19937_64& random) : what_(what), random_(random) {}

  void write_folder(const entry& folder, const fs::path& path) {
    fs::create_directories(path);
    for (const auto& [name, what] : names_of(folder)) {
      if (what->folder) write_folder(*what, path / name);
      else std::ofstream{path / name, std::ios::binary} << content_of(*what);
    }
  }

private:
  [[nodiscard]] bool coin() { return (random_() & 1U) != 0; }

  [[nodiscard]] bool happened(std::size_t move) {
    const auto known = moves_.find(move);
    return known != moves_.end() ? known->second : (moves_[move] = coin());
  }

  [[nodiscard]] names names_of(const entry& folder) {
    if (what_ == kept::everything || what_ == kept::torn || what_ == kept::names_only) return folder.now;
    names found = folder.durable_names;
    if (what_ != kept::scattered) return found;
    for (const name_change& each : folder.changed) {
      if (each.move == 0 ? coin() : happened(each.move)) apply(found, each);
    }
    return found;
  }

  [[nodiscard]] std::string content_of(const entry& file) {
    std::string content = file.durable;
    if (what_ == kept::nothing || what_ == kept::names_only) return content;
    for (const write& each : file.written) {
      if (what_ == kept::scattered) scatter(content, each);
      else apply(content, each);
    }
    if (what_ == kept::torn && content.size() > file.durable.size())
      content.resize(std::uniform_int_distribution{file.durable.size(), content.size()}(random_));
    return content;
  }

  void scatter(std::string& content, const write& one) {
    for (std::size_t from = one.offset; from < one.offset + one.data.size();) {
      const std::size_t to = std::min((from / sector + 1) * sector, one.offset + one.data.size());
      if (coin()) apply(content, {from, one.data.substr(from - one.offset, to - from)});
      from = to;
    }
  }

  kept what_;
  std::mt19937_64& random_;
  std::map<std::size_t, bool> moves_; // what the disk has of them
};

} // namespace

void make_crash_image(std::span<const disk_step> steps, kept what, std::mt19937_64& random, const fs::path& folder) {
  model all;
  for (const disk_step& each : steps) all.play(each);
  image{what, random}.write_folder(all.root(), folder);
}

} // namespace alys::test

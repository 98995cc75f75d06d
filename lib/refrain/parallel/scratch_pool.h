// Working memory that parallel bodies borrow, so that nothing is allocated per document.
//
// Threads: Borrow is concurrent-safe; what is borrowed belongs to the borrower until the loan dies.
// Cost: one lock a loan, so borrow once per range, not per item. At most as many objects exist as loans at one time.
// Example:
//   ScratchPool<TokenList> pool([] { return std::make_unique<TokenList>(); });
//   ParallelFor(0, n, 64, [&](size_t begin, size_t end) {
//     const auto tokens = pool.Borrow();
//     for (size_t i = begin; i < end; ++i) {
//       tokenizer.Tokenize(texts[i], Offsets::kNone, tokens.get());
//     }
//   });
#ifndef REFRAIN_PARALLEL_SCRATCH_POOL_H_
#define REFRAIN_PARALLEL_SCRATCH_POOL_H_

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace refrain {

template <class T>
class ScratchPool {
 public:
  explicit ScratchPool(std::function<std::unique_ptr<T>()> make) : make_(std::move(make)) {}

  class Loan {
   public:
    Loan(ScratchPool* pool, std::unique_ptr<T> item) : pool_(pool), item_(std::move(item)) {}
    ~Loan() { pool_->Return(std::move(item_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    T* get() const { return item_.get(); }
    T* operator->() const { return item_.get(); }
    T& operator*() const { return *item_; }

   private:
    ScratchPool* pool_;
    std::unique_ptr<T> item_;
  };

  Loan Borrow() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<T> item = std::move(idle_.back());
        idle_.pop_back();
        return Loan(this, std::move(item));
      }
    }
    return Loan(this, make_());
  }

 private:
  void Return(std::unique_ptr<T> item) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(item));
  }

  std::function<std::unique_ptr<T>()> make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace refrain

#endif  // REFRAIN_PARALLEL_SCRATCH_POOL_H_

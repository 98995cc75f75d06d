"""Self-test of the judgement: python3 bench/peers/judge_test.py"""
import os
import tempfile
import unittest

from judge import judge, kept_ids, read_ids, read_truth

IDS = {"a", "b", "c", "d"}


def kept(ids):
    return {one: 1 for one in ids}


class Judge(unittest.TestCase):
    def test_one_of_a_pair_removed_is_right(self):
        found = judge(IDS, [("a", "b")], kept("acd"))
        self.assertEqual((found["recall"], found["precision"], found["removed"]), (1, 1, 1))

    def test_nothing_removed(self):
        found = judge(IDS, [("a", "b")], kept("abcd"))
        self.assertEqual((found["recall"], found["precision"]), (0, 1))

    def test_removal_without_a_kept_twin_is_false(self):
        # Both of a pair are gone; c is gone with no twin at all.
        found = judge(IDS, [("a", "b")], kept("d"))
        self.assertEqual((found["recall"], found["precision"]), (1, 0))

    def test_chain_merged(self):
        # a ~ b ~ c, a not like c: keeping a alone removes c without a kept twin.
        found = judge(IDS, [("a", "b"), ("b", "c")], kept("ad"))
        self.assertEqual((found["recall"], found["precision"]), (1, 0.5))

    def test_what_is_no_result_is_refused(self):
        for wrong in (kept("abx"), {"a": 2}, {}):
            with self.assertRaises(ValueError):
                judge(IDS, [("a", "b")], wrong)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "truth.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("id_a\tid_b\tedit_rate\tjaccard\na\tb\t0.01\t0.8\nb\tc\t-\t0.799999\n")
            self.assertEqual(read_truth(path, 0.8), [("a", "b")])
            path = os.path.join(folder, "clusters.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("id\tcluster\na\ta\nb\ta\n")
            self.assertEqual(read_ids(path), {"a", "b"})
            os.mkdir(os.path.join(folder, "out"))
            with open(os.path.join(folder, "out", "1.jsonl"), "w", encoding="utf-8") as file:
                file.write('{"id": "a", "text": "x"}\n{"id": "b", "text": "y"}\n')
            self.assertEqual(kept_ids(folder), {"a": 1, "b": 1})


if __name__ == "__main__":
    unittest.main()

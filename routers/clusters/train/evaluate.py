"""One split by key: what the heads predict on questions they have not seen, beside plain baselines."""

import numpy as np
from fit import memberships
from scipy.special import expit
from sklearn.metrics import roc_auc_score


def split_by_key(keys, seed=42, share=0.2):
    unique = np.unique(keys)
    chosen = np.random.default_rng(seed).permutation(len(unique))[: int(share * len(unique))]
    return ~np.isin(keys, unique[chosen])


def select(score, predicted):
    """Mean outcome of the model predicted best, over prompts with all cells; ties go to the first."""
    return float(score[np.arange(len(score)), predicted.argmax(1)].mean())


def ece(p, y, bins=15):
    order = np.argsort(p)
    return float(sum(abs(p[part].mean() - y[part].mean()) * len(part) for part in np.array_split(order, bins)) / len(p))


def evaluate(data, pi, phi, fitted, train, clip=None):
    report = {}
    everything = []
    for source, block in data.sources.items():
        index, score = block["index"], block["score"]
        columns = np.array([fitted["model_at"][source, model] for model in block["models"]])
        is_train = train[index]
        coverage = ~np.isnan(score)
        wide = coverage.mean(0) > 0.9
        columns, s = columns[wide], score[:, wide]
        full = ~np.isnan(s).any(1)
        test, known = ~is_train & full, is_train & full
        text = pi[index] @ fitted["u"][columns].T
        if clip is not None:
            text = clip * np.tanh(text / clip)
        logit = fitted["level"][columns][None] + text - (phi[index] @ fitted["beta"])[:, None]
        p = expit(logit)
        best = s[known].mean(0).argmax()
        table = np.zeros_like(s)
        for name in np.unique(block["dataset"]):
            table[block["dataset"] == name] = s[known & (block["dataset"] == name)].mean(0)
        embeddings = data.embeddings[index]
        similarity = embeddings[test] @ embeddings[known].T
        k = min(100, known.sum())
        nearest = np.argpartition(-similarity, k - 1, axis=1)[:, :k]
        neighbours = s[known][nearest].mean(1)
        flat_p, flat_y = p[test].ravel(), s[test].ravel()
        hard = (flat_y > 0.5).astype(int)
        report[source] = {
            "test_prompts": int(test.sum()), "models": int(wide.sum()),
            "best_single": round(float(s[test][:, best].mean()), 4), "clusters": round(select(s[test], p[test]), 4),
            "knn_100": round(select(s[test], neighbours), 4), "subset_table": round(select(s[test], table[test]), 4),
            "oracle": round(float(s[test].max(1).mean()), 4),
            "auroc": round(float(roc_auc_score(hard, flat_p)), 4), "ece": round(ece(flat_p, flat_y), 4),
            "log_loss": round(float(np.mean(np.logaddexp(0, logit[test].ravel()) - flat_y * logit[test].ravel())), 4),
        }
    return report

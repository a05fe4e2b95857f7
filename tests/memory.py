"""How much memory a program of its own took at most, for tests that start one."""

# A child's ru_maxrss begins at what its parent had, so a large test process would count; VmHWM does not.
PEAK_MB = """
def peak_mb():
    from pathlib import Path
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1000
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000_000
"""
